import { sseEvent, type CompletionInfo, type WireProtocol } from './wire-protocol.js';

/** The generateContent API of Google. */
export const google: WireProtocol = {
  base: '/v1beta',
  contentType: 'text/event-stream',
  keepAlive: ': keep-alive\n\n',
  isStreamingRequest: (path) => path.includes(':streamGenerateContent'),
  startEvents: () => '',
  token: (text, model) => sseEvent(candidateBody([{ text }], model)),
  reasoning: (text, model) => sseEvent(candidateBody([{ text, thought: true }], model)),
  endEvents: ({ model, finish, ...counts }) =>
    sseEvent({ ...candidateBody([{ text: '' }], model, finish ?? 'STOP'), ...usageFields(counts) }),
  fullBody: (text, { model, finish, ...counts }) => ({
    ...candidateBody([{ text }], model, finish ?? 'STOP'),
    ...usageFields(counts),
  }),
  error: (error) => sseEvent({ error }),
  modelList: (names) => ({ models: names.map((name) => ({ name: `models/${name}` })) }),
};

function candidateBody(parts: object[], modelVersion: string, finishReason?: string): object {
  return { candidates: [{ index: 0, content: { role: 'model', parts }, finishReason }], modelVersion };
}

function usageFields({ usage, usageFields }: Pick<CompletionInfo, 'usage' | 'usageFields'>): object {
  if (usageFields || !usage) return usageFields ?? {};
  return { usageMetadata: { promptTokenCount: usage.input, candidatesTokenCount: usage.output } };
}
