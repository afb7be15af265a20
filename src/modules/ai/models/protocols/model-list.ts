import { readField, toList, toStorableName, toText } from '../json-fields.js';

/** Names that tell a model for embeddings or for ranking, where the list has no types. */
const NON_CHAT_NAME = /embed|(^|[^a-z])(bge|gte|e5|minilm|rerank|reranker)([^a-z]|$)/i;
const NON_CHAT_TYPE = /embed|rerank|whisper|speech|image|moderation|audio/i;

/**
 * Returns the names of the models that can chat, in the order of the list and each once. The list may be an array, or an
 * object with `data` or `models`.
 */
export function parseChatModels(body: unknown): string[] {
  const models = Array.isArray(body)
    ? body
    : [...toList(readField(body, 'data')), ...toList(readField(body, 'models'))];
  const names = models.filter(canChat).map((model) => toStorableName(readName(model)));
  return [...new Set(names)].filter((name) => name !== '');
}

function readName(model: unknown): unknown {
  if (typeof model === 'string') return model;
  return ['id', 'name', 'model'].map((field) => readField(model, field)).find((name) => toText(name) !== '');
}

function canChat(model: unknown): boolean {
  const capabilities = readField(model, 'capabilities');
  if (Array.isArray(capabilities) && capabilities.length > 0)
    return capabilities.some((capability) =>
      /chat|completion|vision|tools|thinking/.test(toText(capability)),
    );
  const families = toList(readField(readField(model, 'details'), 'families'));
  const family = toText(readField(readField(model, 'details'), 'family'));
  if ([family, ...families].some((name) => /bert$/i.test(toText(name)))) return false;
  return (
    !NON_CHAT_TYPE.test(toText(readField(model, 'type'))) && !NON_CHAT_NAME.test(toText(readName(model)))
  );
}
