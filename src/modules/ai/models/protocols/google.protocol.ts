import type { AnswerDraft } from '../answer-builder.js';
import { type Endpoint, endpointOf, post } from '../http/endpoint.js';
import type { HttpCall } from '../http/http-transport.js';
import type { FinishReason, ModelAnswer, ModelRequest, TokenUsage } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import { statedFailure } from './error-object.js';
import { countOf, field, firstOf, listOf, nameOf, parseJson, textOf } from './json-fields.js';
import { turnsOf } from './message-roles.js';
import type { Dialect } from './provider-protocol.js';

/** Gemini's generateContent (https://ai.google.dev/api/generate-content). */
export function googleDialect(baseUrl: string, apiKey: string | undefined): Dialect {
  const given = endpointOf(baseUrl, apiKey ? { 'x-goog-api-key': apiKey } : {});
  const endpoint: Endpoint = given.base === '' ? { ...given, base: '/v1beta' } : given;
  return {
    framing: 'events',
    question: (request, streaming): HttpCall => {
      const method = streaming ? 'streamGenerateContent?alt=sse' : 'generateContent';
      return { ...post(endpoint, `/${pathOf(request.model)}:${method}`, bodyOf(request)), refusal };
    },
    whole,
    read,
  };
}

/** A model's name is part of the address here, so it must not lead anywhere else. */
function pathOf(model: string): string {
  const segments = (model.includes('/') ? model : `models/${model}`).split('/');
  if (segments.some((segment) => /^\.*$/.test(segment))) throw new ModelFailure('model_unknown');
  return segments.map(encodeURIComponent).join('/');
}

function bodyOf({ messages, maxTokens }: ModelRequest): object {
  const { system, turns } = turnsOf(messages);
  const role = { user: 'user', assistant: 'model' } as const;
  return {
    contents: turns.map((turn) => ({ role: role[turn.role], parts: [{ text: turn.content }] })),
    ...(system === '' ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    ...(maxTokens === undefined ? {} : { generationConfig: { maxOutputTokens: maxTokens } }),
  };
}

/** A key that is no key is a bad request to Google; the reason is only in the body. */
function refusal(status: number, body: string): ModelFailure | null {
  return status === 400 && /"reason":\s*"API_KEY_/.test(body) ? new ModelFailure('key_rejected') : null;
}

function whole(body: unknown, asked: string): ModelAnswer {
  if (field(body, 'error')) throw statedFailure(field(body, 'error'));
  const candidate = firstOf(field(body, 'candidates'));
  const finishReason = isBlocked(body) ? 'content_filter' : reasonOf(field(candidate, 'finishReason'));
  if (candidate === undefined && finishReason === null) throw new ModelFailure('malformed_answer');
  if (finishReason === null) throw new ModelFailure('incomplete_answer');
  const parts = listOf(field(field(candidate, 'content'), 'parts')).filter((part) => !field(part, 'thought'));
  return {
    content: parts.map((part) => textOf(field(part, 'text'))).join(''),
    model: nameOf(field(body, 'modelVersion')) || asked,
    finishReason,
    usage: usageOf(field(body, 'usageMetadata')),
    sources: [],
  };
}

function read(data: string, draft: AnswerDraft): void {
  const chunk = parseJson(data);
  if (field(chunk, 'error')) throw statedFailure(field(chunk, 'error'));
  draft.named(field(chunk, 'modelVersion'));
  draft.usage = usageOf(field(chunk, 'usageMetadata')) ?? draft.usage;
  const candidate = firstOf(field(chunk, 'candidates'));
  for (const part of listOf(field(field(candidate, 'content'), 'parts'))) {
    if (field(part, 'thought')) draft.alive();
    else draft.text(textOf(field(part, 'text')));
  }
  const reason = isBlocked(chunk) ? 'content_filter' : reasonOf(field(candidate, 'finishReason'));
  if (reason && !draft.full) draft.finish(reason);
}

/** The question itself was not let through: there are no candidates then. */
function isBlocked(body: unknown): boolean {
  return textOf(field(field(body, 'promptFeedback'), 'blockReason')) !== '';
}

/** Null while the answer goes on. Google has a dozen reasons to stop a model, and adds more: none is a plain end. */
function reasonOf(reason: unknown): FinishReason | null {
  if (typeof reason !== 'string' || reason === '' || reason === 'FINISH_REASON_UNSPECIFIED') return null;
  if (reason === 'STOP') return 'stop';
  return reason === 'MAX_TOKENS' ? 'length' : 'content_filter';
}

/** Thoughts are paid for, so they count. */
function usageOf(usage: unknown): TokenUsage | null {
  const inputTokens = countOf(field(usage, 'promptTokenCount'));
  if (inputTokens === null) return null;
  const shown = countOf(field(usage, 'candidatesTokenCount')) ?? 0;
  return { inputTokens, outputTokens: shown + (countOf(field(usage, 'thoughtsTokenCount')) ?? 0) };
}
