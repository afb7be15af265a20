import type { Owner } from '@/modules/organizations/index.js';
import { invalidField } from '@/platform/errors/index.js';
import type { ModelMessage } from '../models/language-model.js';
import type { ModelOptions } from '../models/model-options.js';
import type { PromptRequest } from '../routing/model-router.js';
import type { ChatRequest } from './dto/chat.request.js';

/** Bytes of a message without its text. */
const MESSAGE_OVERHEAD = 200;

/** Throws 400 when a request has both a conversation and a history of its own. */
export function assertSingleHistory({ conversation_id, conversation_history }: ChatRequest): void {
  if (conversation_id == null || conversation_history == null) return;
  const message = 'cannot be sent together with conversation_id';
  throw invalidField('conversation_history', 'exclusive', message);
}

/** Returns the questions of the history that a request has sent along, newest first. */
export function questionsOf({ conversation_history: history }: ChatRequest): string[] {
  const questions = (history ?? []).filter(({ role, content }) => role === 'user' && content.trim() !== '');
  return questions.map(({ content }) => content).reverse();
}

/**
 * Returns the messages for the model: the instruction of a grounded question, the language instruction, the history, and the
 * message of the user.
 */
export function buildMessages(
  request: ChatRequest,
  history: readonly ModelMessage[],
  groundingInstruction?: string,
): ModelMessage[] {
  const { message, user_language: tag } = request;
  const messages: ModelMessage[] = [
    ...history.filter(({ content }) => content !== ''),
    { role: 'user', content: message },
  ];
  const languageHint = tag == null ? undefined : languageInstruction(tag);
  const instructions = [groundingInstruction, languageHint].filter((text) => text !== undefined);
  return instructions.length === 0
    ? messages
    : [{ role: 'system', content: instructions.join('\n\n') }, ...messages];
}

/**
 * Returns how many bytes messages keep in memory: two for a character, for text in UTF-16 as well as for Latin-1 text
 * with its copy in the request to the provider.
 */
export function memoryOf(messages: readonly ModelMessage[], options?: ModelOptions): number {
  const optionBytes = options ? 2 * JSON.stringify(options).length : 0;
  return messages.reduce((bytes, { content, toolCalls = [] }) => {
    const callBytes = toolCalls.reduce((sum, call) => sum + MESSAGE_OVERHEAD + 2 * call.arguments.length, 0);
    return bytes + MESSAGE_OVERHEAD + 2 * content.length + callBytes;
  }, optionBytes);
}

export function toPromptRequest(
  { userId, organizationId, keyId, hasSecondFactor }: Owner,
  messages: readonly ModelMessage[],
  {
    conversationId,
    remainingTokens,
    grounding,
  }: Pick<PromptRequest, 'remainingTokens' | 'grounding'> & { conversationId: string | null },
): PromptRequest {
  return {
    messages,
    remainingTokens,
    ...(grounding ? { grounding } : {}),
    requester: { userId, organizationId, keyId, hasSecondFactor, conversationId },
  };
}

const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** Returns undefined for a tag that names no known language. Also takes names of locales, such as `en_US` and `en_US.UTF-8`. */
function languageInstruction(hint: string): string | undefined {
  try {
    const [tag = ''] = Intl.getCanonicalLocales(hint.replace(/[.@].*$/s, '').replaceAll('_', '-'));
    const name = LANGUAGE_NAMES.of(tag);
    return name && `Answer in ${name} (language tag ${tag}).`;
  } catch {
    return undefined;
  }
}
