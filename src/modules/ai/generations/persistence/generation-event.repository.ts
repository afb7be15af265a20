import { Injectable } from '@nestjs/common';
import { usageUpsertSql, usageColumns, type UsageItem } from '@/modules/ai/usage/persistence/usage-sql.js';
import { StatementBatcher } from '@/platform/concurrency/index.js';
import { SecretBox } from '@/platform/crypto/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { AnsweringModel } from '../answer-accumulator.js';
import type { GenerationState } from './generation.repository.js';

/** Consecutive frames of one generation. */
export interface EventBatch {
  generationId: string;
  /** The event number of the first frame. */
  first: number;
  frames: readonly string[];
  /** The model that was answering when the batch was stored. */
  answeringModel?: AnsweringModel | undefined;
}

/** The last frames of a generation and its final state. `failed` releases the idempotency key. */
export interface LastEventBatch extends EventBatch {
  state: Exclude<GenerationState, 'running'>;
  endedAt: Date;
  /** Usage that is recorded in the same statement; empty when it is recorded separately. */
  usage: readonly UsageItem[];
}

export interface EventPage {
  state: GenerationState;
  /** Frames after the requested position. */
  frames: string[];
  /** The number of the last frame. Numbers have a gap where a process died. */
  last: number;
  /** True when the database has further frames. */
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

/** All frames are sent as one binary value: an array of `bytea` is sent as text, twice as long and slower to parse. */
const FRAMES_SLICE = 'substring($6::bytea FROM i.at FOR i.size)';

/** A batch whose commit was not acknowledged is sent again, together with the frames that followed. */
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

const FINISH = {
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

/** Four seconds of a running generation. */
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

/**
 * Stores the numbered events of generations, encrypted; each frame ends with an empty line. With the last events it
 * also ends the generation and records its usage, in one statement.
 */
@Injectable()
export class GenerationEventRepository {
  private readonly appendBatcher = new StatementBatcher<EventBatch, boolean>((items) =>
    this.insertBatches(items),
  );
  private readonly finishBatcher = new StatementBatcher<LastEventBatch, boolean>((items) =>
    this.finishGenerations(items),
  );

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly secretBox: SecretBox,
  ) {}

  /** Returns false when the generation has ended or was deleted. */
  appendEvents(batch: EventBatch): Promise<boolean> {
    return this.appendBatcher.add(batch);
  }

  /** Returns false when the generation is not running any more. */
  finish(lastBatch: LastEventBatch): Promise<boolean> {
    return this.finishBatcher.add(lastBatch);
  }

  /** Like {@link finish}, inside the transaction of the caller. */
  async finishInTransaction(lastBatch: LastEventBatch): Promise<boolean> {
    return (await this.finishGenerations([lastBatch]))[0] ?? false;
  }

  /** Returns the next frames after event `after`; undefined when the generation does not exist. */
  async readPage(generationId: string, after: number): Promise<EventPage | undefined> {
    const rows = await this.unitOfWork.query<FramesRow>(READ_PAGE, [generationId, after]);
    const [first] = rows;
    if (!first) return undefined;
    const frames = rows.flatMap((row) => this.decryptAfter(generationId, row, after));
    const last = rows.at(-1)?.last_event ?? after;
    return { state: first.state, frames, last, hasMore: rows.length === BATCHES_PER_PAGE };
  }

  /** Returns all stored events, oldest first. */
  async readBatches(generationId: string): Promise<EventBatch[]> {
    const rows = await this.unitOfWork.query<EventBatchRow>(READ_BATCHES, [generationId]);
    return rows.map(({ first_event: first, provider, model, frames }) => ({
      generationId,
      first,
      frames: this.decryptFrames(generationId, frames),
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
      items.map(({ answeringModel }) => answeringModel?.provider),
      items.map(({ answeringModel }) => answeringModel?.model),
    ];
    const values = [...this.toColumns(items), ...answeringModels];
    return this.toWrittenFlags(items, await this.unitOfWork.query<{ id: string }>(APPEND, values));
  }

  private async finishGenerations(items: LastEventBatch[]): Promise<boolean[]> {
    const finishColumns = [
      items.map(({ state }) => state),
      items.map(({ endedAt }) => endedAt),
      ...usageColumns(items.flatMap(({ usage }) => usage)),
      items.flatMap(({ generationId, usage }) => usage.map(() => generationId)),
    ];
    return this.toWrittenFlags(
      items,
      await this.unitOfWork.query<{ id: string }>(FINISH, [...this.toColumns(items), ...finishColumns]),
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
