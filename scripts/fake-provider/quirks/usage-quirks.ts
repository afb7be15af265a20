import type { FakeProviderKind } from '../fake-provider.js';
import type { Quirk } from '../provider-quirks.js';
import { TEXT } from './quirk-text.js';

type Counts = Readonly<Record<'input' | 'output' | 'total', number>>;

const USAGE_FIELDS: Readonly<Record<FakeProviderKind, (counts: Counts) => object>> = {
  openai: ({ input, output, total }) => ({
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: total },
  }),
  anthropic: ({ input, output }) => ({ usage: { input_tokens: input, output_tokens: output } }),
  google: ({ input, output, total }) => ({
    usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: total },
  }),
  ollama: ({ input, output }) => ({ prompt_eval_count: input, eval_count: output }),
};

/** Reports of token usage. */
export const USAGE_QUIRKS: Readonly<Record<string, Quirk>> = {
  'no usage': () => ({ text: TEXT, noUsage: true }),
  'usage of zeros': () => ({ text: TEXT, usage: { input: 0, output: 0 } }),
  'thinking only in the total': ({ kind }) =>
    kind === 'openai' || kind === 'google'
      ? { text: TEXT, usageFields: USAGE_FIELDS[kind]({ input: 10, output: 5, total: 515 }) }
      : undefined,
  'usage in the choice': ({ kind, streaming }) => {
    if (kind !== 'openai') return undefined;
    const usage = { prompt_tokens: 10, completion_tokens: 5 };
    const part = { content: TEXT.join('') };
    const choice = { index: 0, finish_reason: 'stop', usage, [streaming ? 'delta' : 'message']: part };
    const json = JSON.stringify({ choices: [choice] });
    return streaming ? { raw: `data: ${json}\n\n`, contentType: 'text/event-stream' } : { raw: json };
  },
  'cache tokens at the start, zeros at the end': ({ kind, streaming }) => {
    if (kind !== 'anthropic' || !streaming) return undefined;
    const cached = { cache_read_input_tokens: 2_000, cache_creation_input_tokens: 100 };
    const events = [
      { type: 'message_start', message: { usage: { input_tokens: 9, ...cached, output_tokens: 1 } } },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: TEXT.join('') } },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { input_tokens: 0, output_tokens: 7 },
      },
      { type: 'message_stop' },
    ];
    return {
      raw: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
      contentType: 'text/event-stream',
    };
  },
};
