import { Injectable } from '@nestjs/common';
import { counting, usageColumns, type UsageItem } from '@/modules/ai/usage/persistence/usage-sql.js';
import { SecretBox } from '@/platform/crypto/index.js';
import { Batches, UnitOfWork } from '@/platform/persistence/index.js';
import type { Author } from '../answer-accumulator.js';
import type { State } from './generation.repository.js';

/** Frames of one generation, one after the other, the first with this number. */
export interface Stretch {
  generationId: string;
  first: number;
  frames: readonly string[];
  /** Who was writing when it was stored. */
  author?: Author | undefined;
}

/** The last frames of a generation, and how it ended. A failed one leaves its idempotency key free. */
export interface Ending extends Stretch {
  state: Exclude<State, 'running'>;
  endedAt: Date;
  /** What it took, where that is not settled otherwise. Nobody else's end is counted with it. */
  usage: readonly UsageItem[];
}

export interface Following {
  state: State;
  /** Frames after the position asked for. */
  frames: string[];
  /** The number of the last of them: numbers may leap where a process died. */
  last: number;
  /** There are further ones already. */
  more: boolean;
}

interface FramesRow {
  state: State;
  first_event: number | null;
  last_event: number | null;
  frames: Buffer | null;
}

interface StretchRow {
  first_event: number;
  provider: string | null;
  model: string | null;
  frames: Buffer;
}

/** All frames come as one binary value: text for each would be twice as long, and is read byte by byte. */
const FRAMES = 'substring($6::bytea FROM i.at FOR i.size)';

/** A stretch that was stored, though its writer did not hear of it, comes again with all that followed. */
const AGAIN = `ON CONFLICT (generation_id, first_event)
               DO UPDATE SET last_event = excluded.last_event, frames = excluded.frames`;

const APPEND = {
  name: 'generation_events.append',
  text: `INSERT INTO generation_events (generation_id, first_event, last_event, frames, provider, model)
         SELECT i.id, i.first, i.last, ${FRAMES}, i.provider, i.model
         FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[], $7::text[], $8::text[])
           AS i (id, first, last, at, size, provider, model)
         JOIN generations g ON g.id = i.id AND g.state = 'running'
         ${AGAIN} RETURNING generation_id AS id`,
};

const END = {
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
           SELECT i.id, i.first, i.last, ${FRAMES} FROM items i JOIN ended e ON e.id = i.id
           ${AGAIN} RETURNING generation_id AS id
         ), ${counting(9, 'ended')}
         SELECT id FROM stored`,
};

/** Four seconds of writing, or the end of it. */
const STRETCHES_AT_ONCE = 16;

const FOLLOW = {
  name: 'generation_events.follow',
  text: `SELECT g.state, e.first_event, e.last_event, e.frames FROM generations g
         LEFT JOIN generation_events e ON e.generation_id = g.id AND e.last_event > $2
         WHERE g.id = $1 ORDER BY e.first_event LIMIT ${STRETCHES_AT_ONCE}`,
};

const STRETCHES = {
  name: 'generation_events.stretches',
  text: `SELECT first_event, provider, model, frames FROM generation_events
         WHERE generation_id = $1 ORDER BY first_event`,
};

const PURPOSE = 'generation-events';

/** The numbered events of generations, sealed like every stored answer. Frames end with an empty line. */
@Injectable()
export class EventLogRepository {
  private readonly appends = new Batches<Stretch, boolean>((items) => this.append(items));
  private readonly endings = new Batches<Ending, boolean>((items) => this.close(items));

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly box: SecretBox,
  ) {}

  /** False when the generation is over or gone: nothing more is to be written. */
  add(stretch: Stretch): Promise<boolean> {
    return this.appends.add(stretch);
  }

  /** False when somebody else has ended it. */
  end(ending: Ending): Promise<boolean> {
    return this.endings.add(ending);
  }

  /** The same, inside the caller's unit of work. */
  async endNow(ending: Ending): Promise<boolean> {
    return (await this.close([ending]))[0] ?? false;
  }

  /** What came after event `after`, or the first part of it; undefined when there is no such generation. */
  async follow(generationId: string, after: number): Promise<Following | undefined> {
    const rows = await this.unitOfWork.query<FramesRow>(FOLLOW, [generationId, after]);
    const [first] = rows;
    if (!first) return undefined;
    const frames = rows.flatMap((row) => this.open(generationId, row, after));
    const last = rows.at(-1)?.last_event ?? after;
    return { state: first.state, frames, last, more: rows.length === STRETCHES_AT_ONCE };
  }

  /** All that is stored of it. */
  async stretches(generationId: string): Promise<Stretch[]> {
    const rows = await this.unitOfWork.query<StretchRow>(STRETCHES, [generationId]);
    return rows.map(({ first_event: first, provider, model, frames }) => ({
      ...{ generationId, first, frames: this.split(generationId, frames) },
      author: provider === null || model === null ? undefined : { provider, model },
    }));
  }

  private open(id: string, { first_event, frames }: FramesRow, after: number): string[] {
    if (frames === null || first_event === null) return [];
    return this.split(id, frames).slice(Math.max(0, after - first_event + 1));
  }

  private split(id: string, frames: Buffer): string[] {
    return this.box.open(PURPOSE, frames, id).split(/(?<=\n\n)/);
  }

  private async append(items: Stretch[]): Promise<boolean[]> {
    const authors = [items.map(({ author }) => author?.provider), items.map(({ author }) => author?.model)];
    const values = [...this.columns(items), ...authors];
    return this.won(items, await this.unitOfWork.query<{ id: string }>(APPEND, values));
  }

  private async close(items: Ending[]): Promise<boolean[]> {
    const more = [
      items.map(({ state }) => state),
      items.map(({ endedAt }) => endedAt),
      ...usageColumns(items.flatMap(({ usage }) => usage)),
      items.flatMap(({ generationId, usage }) => usage.map(() => generationId)),
    ];
    return this.won(
      items,
      await this.unitOfWork.query<{ id: string }>(END, [...this.columns(items), ...more]),
    );
  }

  private won(items: Stretch[], rows: { id: string }[]): boolean[] {
    const written = new Set(rows.map(({ id }) => id));
    return items.map(({ generationId }) => written.has(generationId));
  }

  private columns(items: Stretch[]): unknown[] {
    const sealed = items.map(({ generationId, frames }) =>
      this.box.seal(PURPOSE, frames.join(''), generationId),
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
