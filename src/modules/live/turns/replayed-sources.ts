import { Injectable } from '@nestjs/common';
import { GroundingRegistry, type GroundingSource } from '@/modules/ai/index.js';
import type { Owner } from '@/modules/organizations/index.js';
import type { LiveServerEvents } from '../channel/live-events.js';

type NumberedFrame = readonly [seq: number, frame: string];

const BEGINNING = '{"type":"ai.sources"';

/** Judges the sources of events that are sent again. */
@Injectable()
export class ReplayedSources {
  constructor(private readonly groundings: GroundingRegistry) {}

  /** Returns the frames without the contents of sources that the owner of the session may not read now. */
  async hideUnreadable(owner: Owner, frames: readonly NumberedFrame[]): Promise<readonly NumberedFrame[]> {
    const all = frames.flatMap(([, frame]) => readSources(frame));
    if (all.length === 0) return frames;
    const numbered = all.map(({ document_id }, n) => ({ n, document_id }));
    const numbers = await this.groundings.get().findUnreadable(owner, numbered);
    const unreadable = new Set(numbers.map((n) => all[n]?.document_id));
    return frames.map(([seq, frame]) => [seq, hideSources(frame, unreadable)]);
  }
}

function readSources(frame: string): readonly GroundingSource[] {
  if (!frame.startsWith(BEGINNING)) return [];
  return (JSON.parse(frame) as { data: LiveServerEvents['ai.sources'] }).data.sources as GroundingSource[];
}

function hideSources(frame: string, unreadable: ReadonlySet<string | undefined>): string {
  const sources = readSources(frame);
  if (!sources.some(({ document_id }) => unreadable.has(document_id))) return frame;
  const event = JSON.parse(frame) as { data: LiveServerEvents['ai.sources'] };
  const judged = sources.map((source) =>
    unreadable.has(source.document_id) ? { n: source.n, state: 'gone' } : source,
  );
  return JSON.stringify({ ...event, data: { ...event.data, sources: judged } });
}
