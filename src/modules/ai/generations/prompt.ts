import type { Owner } from '@/modules/organizations/index.js';
import { validationFailed } from '@/platform/errors/index.js';
import type { ModelMessage } from '../models/language-model.js';
import type { Question } from '../routing/model-router.js';
import type { ChatRequest } from './dto/chat.request.js';

/** Throws 400 where a request says twice what came before. */
export function assertOneHistory({ conversation_id, conversation_history }: ChatRequest): void {
  if (conversation_id == null || conversation_history == null) return;
  const message = 'cannot be sent together with conversation_id';
  throw validationFailed([{ path: 'conversation_history', rule: 'exclusive', message }]);
}

/** What a model is told: the language to answer in, what came before, and the question. */
export function messagesOf(request: ChatRequest, history: readonly ModelMessage[]): ModelMessage[] {
  const { message, user_language: language } = request;
  const said: ModelMessage[] = [...history, { role: 'user', content: message }];
  return language == null ? said : [{ role: 'system', content: inLanguage(language) }, ...said];
}

export function questionOf(
  { userId, organizationId, keyId, provedFactor }: Owner,
  messages: readonly ModelMessage[],
  { conversationId, room }: Pick<Question, 'room'> & { conversationId: string | null },
): Question {
  return { messages, room, asker: { userId, organizationId, keyId, provedFactor, conversationId } };
}

const NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

function inLanguage(tag: string): string {
  const name = nameOf(tag);
  return name === undefined
    ? `Answer in the language with the tag ${tag}.`
    : `Answer in ${name} (language tag ${tag}).`;
}

function nameOf(tag: string): string | undefined {
  try {
    return NAMES.of(tag);
  } catch {
    return undefined; // well formed to us, but not to the standard
  }
}
