import type { FrameSource } from '@/platform/sse/index.js';

/** The events that have sources. Their data is one line of JSON. */
const EVENT_WITH_SOURCES = /^(event: (?:sources|done)\ndata: )(.*)$/gmu;

/** Returns the events of a generation without the contents of the sources whose numbers are `gone`. */
export function hideSources(events: FrameSource, gone: readonly number[]): FrameSource {
  if (gone.length === 0) return events;
  return {
    read: () => {
      const frames = events.read();
      return frames && hideInFrames(frames, gone);
    },
    onReadable: (callback) => events.onReadable(callback),
    close: () => events.close(),
    ...(events.interrupt ? { interrupt: (reason) => events.interrupt?.(reason) } : {}),
  };
}

/** `frames` has whole events. */
function hideInFrames(frames: string, gone: readonly number[]): string {
  return frames.replace(EVENT_WITH_SOURCES, (_, head: string, data: string) => {
    const answer = JSON.parse(data) as { sources?: { n?: number; type?: string }[] };
    const sources = answer.sources?.map((source) =>
      source.n !== undefined && gone.includes(source.n) ? toGone(source) : source,
    );
    return head + JSON.stringify({ ...answer, sources });
  });
}

/** Shows only the number, and the type where the answer has types. */
function toGone({ n, type }: { n?: number; type?: string }): object {
  return { ...(type === undefined ? {} : { type }), n, state: 'gone' };
}
