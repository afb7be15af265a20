import { type FrameSource, toEventFrame } from '@/platform/sse/index.js';
import { hideSources } from './hidden-sources.js';

function sourceOf(...frames: string[]): FrameSource {
  return { read: () => frames.shift() ?? null, onReadable: () => undefined, close: () => undefined };
}

const SOURCES = [
  { type: 'document', n: 1, content: 'secret' },
  { type: 'document', n: 2, content: 'open' },
];
const frames = [
  toEventFrame(1, 'delta', JSON.stringify({ content: 'Text. [1]' })) +
    toEventFrame(2, 'sources', JSON.stringify({ sources: SOURCES })),
  toEventFrame(3, 'done', JSON.stringify({ content: 'Text. [1]', sources: SOURCES })),
];

describe('hideSources', () => {
  it('shows only the number of a gone source, in every event', () => {
    const events = hideSources(sourceOf(...frames), [1]);
    const text = [events.read(), events.read()].join('');
    expect(text).not.toContain('secret');
    expect(text.match(/"open"/g)).toHaveLength(2);
    expect(text).toContain('{"type":"document","n":1,"state":"gone"}');
    expect(text).toContain('"content":"Text. [1]"');
    expect(events.read()).toBeNull();
  });

  it('changes nothing without gone sources', () => {
    const events = hideSources(sourceOf(...frames), []);
    expect([events.read(), events.read()]).toEqual(frames);
  });
});
