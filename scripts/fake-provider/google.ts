import { event, type Ending, type Protocol } from './wire-protocol.js';

/** Google's generateContent. */
export const google: Protocol = {
  base: '/v1beta',
  contentType: 'text/event-stream',
  ping: ': keep-alive\n\n',
  streams: (path) => path.includes(':streamGenerateContent'),
  opening: () => '',
  token: (text, model) => event(answer([{ text }], model)),
  thought: (text, model) => event(answer([{ text, thought: true }], model)),
  closing: ({ model, finish, usage }) =>
    event({ ...answer([{ text: '' }], model, finish ?? 'STOP'), ...counts(usage) }),
  whole: (text, { model, finish, usage }) => ({
    ...answer([{ text }], model, finish ?? 'STOP'),
    ...counts(usage),
  }),
  error: (error) => event({ error }),
  models: (names) => ({ models: names.map((name) => ({ name: `models/${name}` })) }),
};

function answer(parts: object[], modelVersion: string, finishReason?: string): object {
  return { candidates: [{ index: 0, content: { role: 'model', parts }, finishReason }], modelVersion };
}

function counts(usage: Ending['usage']): object {
  if (!usage) return {};
  return { usageMetadata: { promptTokenCount: usage.input, candidatesTokenCount: usage.output } };
}
