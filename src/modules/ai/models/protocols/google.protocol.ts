import type { AnswerBuilder } from '../answer-builder.js';
import { type Endpoint, parseEndpoint, buildPost } from '../http/endpoint.js';
import type { HttpCall } from '../http/http-transport.js';
import {
  toTokenCount,
  readField,
  firstAlternative,
  toList,
  toStorableName,
  parseJson,
  toText,
} from '../json-fields.js';
import type { ModelFinishReason, ModelAnswer, ModelRequest, TokenUsage } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import { failureFromErrorObject } from './error-object.js';
import { splitSystemAndTurns } from './message-roles.js';
import type { ProviderProtocol } from './provider-protocol.js';

/** The generateContent API of Gemini (https://ai.google.dev/api/generate-content). */
export function createGoogleProtocol(baseUrl: string, apiKey: string | undefined): ProviderProtocol {
  const configured = parseEndpoint(baseUrl, apiKey ? { 'x-goog-api-key': apiKey } : {});
  const endpoint: Endpoint = configured.basePath === '' ? { ...configured, basePath: '/v1beta' } : configured;
  return {
    streamFormat: 'events',
    buildRequest: (request, streaming): HttpCall => {
      const method = streaming ? 'streamGenerateContent?alt=sse' : 'generateContent';
      return {
        ...buildPost(endpoint, `/${toModelPath(request.model)}:${method}`, toBody(request)),
        mapError: mapGoogleError,
      };
    },
    parseResponse,
    parseEvent,
  };
}

/** Returns the URL path of a model. Throws `model_unknown` for a name that would change the path, such as `..`. */
function toModelPath(model: string): string {
  const segments = (model.includes('/') ? model : `models/${model}`).split('/');
  if (segments.some((segment) => /^\.*$/.test(segment))) throw new ModelFailure('model_unknown');
  return segments.map(encodeURIComponent).join('/');
}

function toBody({ messages, maxTokens }: ModelRequest): object {
  const { system, turns } = splitSystemAndTurns(messages);
  const role = { user: 'user', assistant: 'model' } as const;
  return {
    contents: turns.map((turn) => ({ role: role[turn.role], parts: [{ text: turn.content }] })),
    ...(system === '' ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    ...(maxTokens === undefined ? {} : { generationConfig: { maxOutputTokens: maxTokens } }),
  };
}

/** Google answers 400 for an invalid key; only the body tells. */
function mapGoogleError(status: number, body: string): ModelFailure | null {
  return status === 400 && /"reason":\s*"API_KEY_/.test(body) ? new ModelFailure('key_rejected') : null;
}

function parseResponse(body: unknown, requestedModel: string): ModelAnswer {
  if (readField(body, 'error')) throw failureFromErrorObject(readField(body, 'error'));
  const candidate = firstAlternative(readField(body, 'candidates'));
  const finishReason = isPromptBlocked(body)
    ? 'content_filter'
    : toFinishReason(readField(candidate, 'finishReason'));
  if (candidate === undefined && finishReason === null) throw new ModelFailure('malformed_answer');
  if (finishReason === null) throw new ModelFailure('incomplete_answer');
  const parts = toList(readField(readField(candidate, 'content'), 'parts')).filter(
    (part) => !readField(part, 'thought'),
  );
  return {
    content: parts.map((part) => toText(readField(part, 'text'))).join(''),
    model: toStorableName(readField(body, 'modelVersion')) || requestedModel,
    finishReason,
    usage: parseUsage(readField(body, 'usageMetadata')),
    sources: [],
  };
}

function parseEvent(data: string, builder: AnswerBuilder): void {
  const chunk = parseJson(data);
  if (readField(chunk, 'error')) throw failureFromErrorObject(readField(chunk, 'error'));
  builder.setModel(readField(chunk, 'modelVersion'));
  builder.usage = parseUsage(readField(chunk, 'usageMetadata')) ?? builder.usage;
  const candidate = firstAlternative(readField(chunk, 'candidates'));
  for (const part of toList(readField(readField(candidate, 'content'), 'parts'))) {
    if (readField(part, 'thought')) builder.markProgress();
    else builder.appendText(toText(readField(part, 'text')));
  }
  const reason = isPromptBlocked(chunk)
    ? 'content_filter'
    : toFinishReason(readField(candidate, 'finishReason'));
  if (reason && !builder.isTruncated) builder.finish(reason);
}

/** Returns whether the prompt was blocked; the response has no candidates then. */
function isPromptBlocked(body: unknown): boolean {
  return toText(readField(readField(body, 'promptFeedback'), 'blockReason')) !== '';
}

/** Returns null until the model has finished. Every reason but `STOP` and `MAX_TOKENS`, also a new one, is a filter. */
function toFinishReason(reason: unknown): ModelFinishReason | null {
  if (typeof reason !== 'string' || reason === '' || reason === 'FINISH_REASON_UNSPECIFIED') return null;
  if (reason === 'STOP') return 'stop';
  return reason === 'MAX_TOKENS' ? 'length' : 'content_filter';
}

/** Thinking tokens are billed, so they count as output. */
function parseUsage(usage: unknown): TokenUsage | null {
  const inputTokens = toTokenCount(readField(usage, 'promptTokenCount'));
  if (inputTokens === null) return null;
  const answerTokens = toTokenCount(readField(usage, 'candidatesTokenCount')) ?? 0;
  return {
    inputTokens,
    outputTokens: answerTokens + (toTokenCount(readField(usage, 'thoughtsTokenCount')) ?? 0),
  };
}
