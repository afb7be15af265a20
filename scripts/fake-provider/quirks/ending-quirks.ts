import type { Quirk } from '../provider-quirks.js';
import { TEXT } from './quirk-text.js';

/** Words at the end of an answer, of all protocols: gateways pass on the words of the provider behind them. */
const FINISH_WORDS = [
  ...['stop', 'STOP', 'eos', 'eos_token', 'end_turn', 'stop_sequence', 'COMPLETE', 'stop: eos'],
  ...['tool_calls', 'tool_use', 'function_call'],
  ...['length', 'LENGTH', 'max_tokens', 'MAX_TOKENS', 'max_output_tokens', 'model_length'],
  ...['model_context_window_exceeded', 'content_filter', 'refusal', 'sensitive', 'SAFETY', 'RECITATION'],
  ...['guardrail_intervened', 'insufficient_system_resource', 'abort', 'cancelled', 'timeout', 'error'],
  ...['network_error', 'load', 'pause_turn', 'OTHER', 'something_new'],
];

const finishQuirks = FINISH_WORDS.map((finish): [string, Quirk] => [
  `finish reason ${finish}`,
  () => ({ text: TEXT, finish }),
]);

/** Finish reasons, empty answers, thinking and errors beside an answer. */
export const ENDING_QUIRKS: Readonly<Record<string, Quirk>> = {
  ...Object.fromEntries(finishQuirks),
  'empty answer': () => ({ text: [''] }),
  'white space as answer': () => ({ text: [' ', '\n'] }),
  'empty answer cut by its limit': ({ kind }) => ({
    text: [''],
    finish: { openai: 'length', anthropic: 'max_tokens', google: 'MAX_TOKENS', ollama: 'length' }[kind],
  }),
  'candidate without parts': ({ kind, streaming }) =>
    kind === 'google'
      ? rawJson({ candidates: [{ content: { role: 'model' }, finishReason: 'STOP' }] }, streaming)
      : undefined,
  'refusal in place of content': ({ kind, streaming }) => {
    if (kind !== 'openai') return undefined;
    const message = { content: null, refusal: 'I cannot help with that.' };
    const choice = { index: 0, finish_reason: 'stop', [streaming ? 'delta' : 'message']: message };
    return rawJson({ choices: [choice] }, streaming);
  },
  'thinking, then an answer': () => ({ reasoning: 3, text: TEXT }),
  'only thinking': () => ({ reasoning: 40, text: [''], noUsage: true }),
  'think block': () => ({ text: ['<th', 'ink>Let me see', '</thi', 'nk>\n\n', ...TEXT] }),
  'think block without an end': () => ({ text: ['<think>Let me see', ' and see'] }),
  'think block inside the answer': () => ({ text: ['Write <think>', ' and </think> around it.'] }),
  'empty error beside the answer': ({ kind, streaming }) => {
    if (kind === 'anthropic') return undefined;
    const raw = `${streaming && kind !== 'ollama' ? 'data: ' : ''}{"error":{"message":"","code":null}}\n\n`;
    return streaming ? { text: TEXT, insert: { after: 1, raw } } : undefined;
  },
  'error after the finish reason': ({ kind, streaming }) => {
    if (kind !== 'openai' || !streaming) return undefined;
    const choice = { index: 0, delta: { content: 'Hello otter' }, finish_reason: 'stop' };
    const events = [{ choices: [choice] }, { error: { message: 'late', code: 500 } }];
    const raw = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    return { raw, contentType: 'text/event-stream' };
  },
};

function rawJson(body: object, streaming: boolean): ReturnType<Quirk> {
  const json = JSON.stringify(body);
  return streaming
    ? { raw: `data: ${json}\n\n`, contentType: 'text/event-stream' }
    : { raw: json, contentType: 'application/json' };
}
