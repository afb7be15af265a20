import fc from 'fast-check';
import { ThinkBlock } from './think-block.js';

/** Returns thinking and answer of a text that arrives in these parts. */
function divide(parts: readonly string[]): [reasoning: string, content: string] {
  const block = new ThinkBlock();
  let [reasoning, content] = ['', ''];
  for (const part of parts) {
    if (block.isOver) {
      content += part;
      continue;
    }
    const divided = block.divide(part);
    reasoning += divided.reasoning;
    content += divided.content;
  }
  if (block.isOver) return [reasoning, content];
  const rest = block.finish();
  return [reasoning + rest.reasoning, content + rest.content];
}

describe('ThinkBlock', () => {
  it.each([
    ['<think>hm</think>yes', 'hm', 'yes'],
    ['\n <think>hm</think>\n\n yes', 'hm', 'yes'],
    ['<think>hm', 'hm', ''],
    ['<think>hm</thi', 'hm</thi', ''],
    ['<think></think>yes', '', 'yes'],
    ['<think>a</think>b<think>c</think>', 'a', 'b<think>c</think>'],
    ['yes <think>no</think>', '', 'yes <think>no</think>'],
    ['<thinker>', '', '<thinker>'],
    ['<thi', '', '<thi'],
    ['  ', '', '  '],
    ['', '', ''],
  ])('divides %j the same way, wherever its parts end', (text, reasoning, content) => {
    expect(divide([text])).toEqual([reasoning, content]);
    expect(divide(text.split(''))).toEqual([reasoning, content]);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const ends = [0, ...cuts.sort((a, b) => a - b), text.length];
        const parts = ends.slice(1).map((end, index) => text.slice(ends[index], end));
        expect(divide(parts)).toEqual([reasoning, content]);
      }),
    );
  });
});
