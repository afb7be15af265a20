import fc from 'fast-check';
import { toFinishReason } from './finish-reasons.js';

describe('toFinishReason', () => {
  it.each([
    ['stop', 'stop'],
    ['STOP', 'stop'],
    [' Stop: eos ', 'stop'],
    ['end_turn', 'stop'],
    ['tool_calls', 'stop'],
    ['LENGTH', 'length'],
    ['max_output_tokens', 'length'],
    ['length: 4096', 'length'],
    ['SAFETY', 'content_filter'],
    ['sensitive', 'content_filter'],
    ['refusal', 'content_filter'],
  ])('takes %j as %s', (word, reason) => {
    expect(toFinishReason(word)).toBe(reason);
  });

  it.each([[undefined], [null], [''], ['null'], ['FINISH_REASON_UNSPECIFIED'], [5], [{}]])(
    'takes %j as not finished',
    (word) => {
      expect(toFinishReason(word)).toBeNull();
    },
  );

  it.each(['error', 'network_error'])('throws server_error for %s', (word) => {
    expect(() => toFinishReason(word)).toThrow('server_error');
  });

  it('throws incomplete_answer for every other word', () => {
    const words = [
      'abort',
      'cancelled',
      'timeout',
      'insufficient_system_resource',
      'load',
      'constructor',
      'stopped',
    ];
    for (const word of words) expect(() => toFinishReason(word)).toThrow('incomplete_answer');
    fc.assert(
      fc.property(fc.stringMatching(/^x[a-z_]{3,9}$/), (word) => {
        expect(() => toFinishReason(word)).toThrow('incomplete_answer');
      }),
    );
  });
});
