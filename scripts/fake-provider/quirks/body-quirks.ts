import type { Quirk } from '../provider-quirks.js';
import { TEXT } from './quirk-text.js';

/** As many letters as an answer may have, in one event of 1.2 MB. */
const LONG_TEXT = '語'.repeat(399_000);

/** Codings, content types, and what stands between the events. */
export const BODY_QUIRKS: Readonly<Record<string, Quirk>> = {
  'gzip that was not asked for': () => ({ text: TEXT, encoding: 'gzip' }),
  'deflate that was not asked for': () => ({ text: TEXT, encoding: 'deflate' }),
  'brotli that was not asked for': () => ({ text: TEXT, encoding: 'br' }),
  'blank data between events': ({ kind, streaming }) =>
    streaming && kind !== 'ollama' ? { text: TEXT, insert: { after: 1, raw: 'data: \n\n' } } : undefined,
  'keep-alive event with empty data': ({ kind, streaming }) =>
    streaming && kind !== 'ollama'
      ? { text: TEXT, insert: { after: 1, raw: 'event: ping\ndata:\n\n' } }
      : undefined,
  'events as application/json': () => ({ text: TEXT, contentType: 'application/json' }),
  'body as text/plain': () => ({ text: TEXT, contentType: 'text/plain' }),
  'body as text/html': () => ({ text: TEXT, contentType: 'text/html' }),
  'the other form: events for a whole answer, JSON for a stream': () => ({ text: TEXT, otherForm: true }),
  '[DONE] at the end': ({ kind, streaming }) => {
    if (!streaming || (kind !== 'google' && kind !== 'ollama')) return undefined;
    return { text: TEXT, append: kind === 'google' ? 'data: [DONE]\n\n' : '[DONE]\n' };
  },
  'one event of 1.2 MB': () => ({ text: [LONG_TEXT] }),
  'Windows line ends': () => ({ text: TEXT, crlf: true }),
  'bytes one by one': () => ({ text: ['Grüße ', '👋🏽'], split: 1 }),
};
