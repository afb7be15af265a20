import { Injectable } from '@nestjs/common';
import { usageUpsertSql, usageColumns, type UsageItem } from '@/modules/ai/usage/persistence/usage-sql.js';
import { SecretBox } from '@/platform/crypto/index.js';
import { WriteBatcher, UnitOfWork } from '@/platform/persistence/index.js';
import type { AnsweringModel } from '../answer-accumulator.js';
import type { GenerationState } from './generation.repository.js';

/** Frames of one generation, one after the other, the first with this number. */
export interface EventBatch {
  generationId: string;
  first: number;
  frames: readonly string[];
  /** Who was writing when it was stored. */
  answeringModel?: AnsweringModel | undefined;
}

/** The last frames of a generation, and how it ended. A failed one leaves its idempotency key free. */
export interface GenerationCompletion extends EventBatch {
  state: Exclude<GenerationState, 'running'>;
  endedAt: Date;
  /** What it took, where that is not settled otherwise. Nobody else's end is counted with it. */
  usage: readonly UsageItem[];
}

export interface EventPage {
  state: GenerationState;
  /** Frames after the position asked for. */
  frames: string[];
  /** The number of the last of them: numbers may leap where a process died. */
  last: number;
  /** There are further ones already. */
  hasMore: boolean;
}

interface FramesRow {
  state: GenerationState;
  first_event: number | null;
  last_event: number | null;
  frames: Buffer | null;
}

interface EventBatchRow {
  first_event: number;
  provider: string | null;
  model: string | null;
  frames: Buffer;
}

/** All frames come as one binary value: text for each would be twice as long, and is read byte by byte. */
const FRAMES_SLICE = 'substring($6::bytea FROM i.at FOR i.size)';

/** A stretch that was stored, though its writer did not hear of it, comes again with all that followed. */
const ON_CONFLICT_REPLACE = `ON CONFLICT (generation_id, first_event)
               DO UPDATE SET last_event = excluded.last_event, frames = excluded.frames`;

const APPEND = {
  name: 'generation_events.append',
  text: `INSERT INTO generation_events (generation_id, first_event, last_event, frames, provider, model)
         SELECT i.id, i.first, i.last, ${FRAMES_SLICE}, i.provider, i.model
         FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[], $7::text[], $8::text[])
           AS i (id, first, last, at, size, provider, model)
         JOIN generations g ON g.id = i.id AND g.state = 'running'
         ${ON_CONFLICT_REPLACE} RETURNING generation_id AS id`,
};

const COMPLETE = {
  name: 'generations.end',
  text: `WITH items AS (
           SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[], $7::text[], $8::timestamptz[])
             AS i (id, first, last, at, size, state, ended_at)
         ), ended AS (
           UPDATE generations g
           SET state = i.state, ended_at = i.ended_at,
               request_key = CASE WHEN i.state = 'failed' THEN NULL ELSE g.request_key END
           FROM items i WHERE g.id = i.id AND g.state = 'running' RETURNING g.id
         ), stored AS (
           INSERT INTO generation_events (generation_id, first_event, last_event, frames)
           SELECT i.id, i.first, i.last, ${FRAMES_SLICE} FROM items i JOIN ended e ON e.id = i.id
           ${ON_CONFLICT_REPLACE} RETURNING generation_id AS id
         ), ${usageUpsertSql(9, 'ended')}
         SELECT id FROM stored`,
};

/** Four seconds of writing, or the end of it. */
const BATCHES_PER_PAGE = 16;

const READ_PAGE = {
  name: 'generation_events.follow',
  text: `SELECT g.state, e.first_event, e.last_event, e.frames FROM generations g
         LEFT JOIN generation_events e ON e.generation_id = g.id AND e.last_event > $2
         WHERE g.id = $1 ORDER BY e.first_event LIMIT ${BATCHES_PER_PAGE}`,
};

const READ_BATCHES = {
  name: 'generation_events.stretches',
  text: `SELECT first_event, provider, model, frames FROM generation_events
         WHERE generation_id = $1 ORDER BY first_event`,
};

const ENCRYPTION_PURPOSE = 'generation-events';

/** The numbered events of generations, sealed like every stored answer. Frames end with an empty line. */
@Injectable()
export class EventLogRepository {
  private readonly appendBatcher = new WriteBatcher<EventBatch, boolean>((items) =>
    this.insertBatches(items),
  );
  private readonly completionBatcher = new WriteBatcher<GenerationCompletion, boolean>((items) =>
    this.insertCompletions(items),
  );

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly secretBox: SecretBox,
  ) {}

  /** False when the generation is over or gone: nothing more is to be written. */
  appendEvents(batch: EventBatch): Promise<boolean> {
    return this.appendBatcher.add(batch);
  }

  /** False when somebody else has ended it. */
  complete(ending: GenerationCompletion): Promise<boolean> {
    return this.completionBatcher.add(ending);
  }

  /** The same, inside the caller's unit of work. */
  async completeInTransaction(completion: GenerationCompletion): Promise<boolean> {
    return (await this.insertCompletions([completion]))[0] ?? false;
  }

  /** What came after event `after`, or the first part of it; undefined when there is no such generation. */
  async readPage(generationId: string, after: number): Promise<EventPage | undefined> {
    const rows = await this.unitOfWork.query<FramesRow>(READ_PAGE, [generationId, after]);
    const [first] = rows;
    if (!first) return undefined;
    const frames = rows.flatMap((row) => this.decryptAfter(generationId, row, after));
    const last = rows.at(-1)?.last_event ?? after;
    return { state: first.state, frames, last, hasMore: rows.length === BATCHES_PER_PAGE };
  }

  /** All that is stored of it. */
  async readBatches(generationId: string): Promise<EventBatch[]> {
    const rows = await this.unitOfWork.query<EventBatchRow>(READ_BATCHES, [generationId]);
    return rows.map(({ first_event: first, provider, model, frames }) => ({
      ...{ generationId, first, frames: this.decryptFrames(generationId, frames) },
      answeringModel: provider === null || model === null ? undefined : { provider, model },
    }));
  }

  private decryptAfter(id: string, { first_event, frames }: FramesRow, after: number): string[] {
    if (frames === null || first_event === null) return [];
    return this.decryptFrames(id, frames).slice(Math.max(0, after - first_event + 1));
  }

  private decryptFrames(id: string, frames: Buffer): string[] {
    return this.secretBox.open(ENCRYPTION_PURPOSE, frames, id).split(/(?<=\n\n)/);
  }

  private async insertBatches(items: EventBatch[]): Promise<boolean[]> {
    const answeringModels = [
      items.map(({ answeringModel: author }) => author?.provider),
      items.map(({ answeringModel: author }) => author?.model),
    ];
    const values = [...this.toColumns(items), ...answeringModels];
    return this.toWrittenFlags(items, await this.unitOfWork.query<{ id: string }>(APPEND, values));
  }

  private async insertCompletions(items: GenerationCompletion[]): Promise<boolean[]> {
    const completionColumns = [
      items.map(({ state }) => state),
      items.map(({ endedAt }) => endedAt),
      ...usageColumns(items.flatMap(({ usage }) => usage)),
      items.flatMap(({ generationId, usage }) => usage.map(() => generationId)),
    ];
    return this.toWrittenFlags(
      items,
      await this.unitOfWork.query<{ id: string }>(COMPLETE, [...this.toColumns(items), ...completionColumns]),
    );
  }

  private toWrittenFlags(items: EventBatch[], rows: { id: string }[]): boolean[] {
    const written = new Set(rows.map(({ id }) => id));
    return items.map(({ generationId }) => written.has(generationId));
  }

  private toColumns(items: EventBatch[]): unknown[] {
    const sealed = items.map(({ generationId, frames }) =>
      this.secretBox.seal(ENCRYPTION_PURPOSE, frames.join(''), generationId),
    );
    let end = 1;
    return [
      items.map(({ generationId }) => generationId),
      items.map(({ first }) => first),
      items.map(({ first, frames }) => first + frames.length - 1),
      sealed.map(({ length }) => (end += length) - length),
      sealed.map(({ length }) => length),
      Buffer.concat(sealed),
    ];
  }
}
