import { AnswerReader } from '@/modules/ai/models/answer-reader.js';
import type { ModelAnswer } from '@/modules/ai/models/language-model.js';
import type { ProviderProtocol } from '@/modules/ai/models/protocols/provider-protocol.js';

/**
 * Returns the answer that a protocol reads from these JSON values, one a line, or from the text of a body. Throws the
 * failure.
 */
export function readAnswer(
  protocol: ProviderProtocol,
  values: readonly unknown[] | string,
  requestedModel = 'requested',
  takesToolCalls = false,
): ModelAnswer {
  let [content, reasoning] = ['', ''];
  let answer: ModelAnswer | undefined;
  let failure: unknown;
  const callbacks: ConstructorParameters<typeof AnswerReader>[2] = {
    onText: (text) => (content += text),
    onReasoning: (text) => (reasoning += text),
    onComplete: (metadata) => {
      answer = { ...metadata, content, ...(reasoning === '' ? {} : { reasoning }) };
    },
    onError: (error) => (failure = error),
  };
  const reader = new AnswerReader(protocol, requestedModel, callbacks, takesToolCalls);
  const body = typeof values === 'string' ? values : values.map((value) => JSON.stringify(value)).join('\n');
  const result = reader.onData(Buffer.from(body));
  if (result !== 'complete' && result !== 'discard_rest') reader.onEnd();
  if (answer) return answer;
  throw failure ?? new Error('The answer has neither completed nor failed.');
}
