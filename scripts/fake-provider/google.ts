import { sseEvent, type CompletionInfo, type WireProtocol, type WireToolCall } from './wire-protocol.js';

/** The generateContent API of Google. */
export const google: WireProtocol = {
  base: '/v1beta',
  contentType: 'text/event-stream',
  keepAlive: ': keep-alive\n\n',
  isStreamingRequest: (path) => path.includes(':streamGenerateContent'),
  startEvents: () => '',
  token: (text, model) => sseEvent(candidateBody([{ text }], model)),
  reasoning: (text, model) => sseEvent(candidateBody([{ text, thought: true }], model)),
  toolCall: (call, _position, model) => sseEvent(candidateBody([callPart(call)], model)),
  endEvents: ({ model, finish, ...counts }) =>
    sseEvent({ ...candidateBody([{ text: '' }], model, finish ?? 'STOP'), ...usageFields(counts) }),
  fullBody: (text, { model, finish, toolCalls, ...counts }) => ({
    ...candidateBody([{ text }, ...toolCalls.map(callPart)], model, finish ?? 'STOP'),
    ...usageFields(counts),
  }),
  error: (error) => sseEvent({ error }),
  modelList: (names) => ({ models: names.map((name) => ({ name: `models/${name}` })) }),
};

function candidateBody(parts: object[], modelVersion: string, finishReason?: string): object {
  return { candidates: [{ index: 0, content: { role: 'model', parts }, finishReason }], modelVersion };
}

/** Google's calls have no ids. */
function callPart({ name, arguments: json }: WireToolCall): object {
  return { functionCall: { name, args: JSON.parse(json || '{}') as unknown } };
}

function usageFields({ usage, usageFields }: Pick<CompletionInfo, 'usage' | 'usageFields'>): object {
  if (usageFields || !usage) return usageFields ?? {};
  return { usageMetadata: { promptTokenCount: usage.input, candidatesTokenCount: usage.output } };
}
