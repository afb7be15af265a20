import type { AnswerBuilder } from '../answer-builder.js';
import type { Capabilities } from '../capabilities/capabilities.js';
import { throwStatedError } from '../errors/provider-error.js';
import { toFinishReason } from '../finish-reasons.js';
import { type Endpoint, parseEndpoint, buildPost } from '../http/endpoint.js';
import type { HttpCall } from '../http/http-transport.js';
import { readField, firstAlternative, toList, toText } from '../json-fields.js';
import type { ModelRequest } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import type { ModelFeature } from '../model-options.js';
import { newToolCallId, toArguments } from '../tool-call-collector.js';
import { toGenerationConfig, toGoogleContents, toGoogleTools } from './google-tools.js';
import { splitSystemAndTurns } from './message-roles.js';
import type { ProviderProtocol } from './provider-protocol.js';

const FEATURES: ReadonlySet<ModelFeature> = new Set(['tools', 'required_tool', 'json_object', 'json_schema']);

/** The generateContent API of Gemini (https://ai.google.dev/api/generate-content). */
export function createGoogleProtocol(baseUrl: string, apiKey: string | undefined): ProviderProtocol {
  const configured = parseEndpoint(baseUrl, apiKey ? { 'x-goog-api-key': apiKey } : {});
  const endpoint: Endpoint = configured.basePath === '' ? { ...configured, basePath: '/v1beta' } : configured;
  return {
    address: endpoint.address,
    features: FEATURES,
    tokenParameters: [],
    buildRequest: (request, streaming, capabilities): HttpCall => {
      const method = streaming ? 'streamGenerateContent?alt=sse' : 'generateContent';
      const path = `/${toModelPath(request.model)}:${method}`;
      return buildPost(endpoint, path, toBody(request, capabilities));
    },
    readPayload,
  };
}

/** Returns the URL path of a model. Throws `model_unknown` for a name that would change the path, such as `..`. */
function toModelPath(model: string): string {
  const segments = (model.includes('/') ? model : `models/${model}`).split('/');
  if (segments.some((segment) => /^\.*$/.test(segment))) throw new ModelFailure('model_unknown');
  return segments.map(encodeURIComponent).join('/');
}

function toBody(
  { model, messages, maxTokens, options = {} }: ModelRequest,
  { systemRole }: Capabilities,
): object {
  const { system, turns } = splitSystemAndTurns(messages, systemRole);
  const generationConfig = toGenerationConfig(options, maxTokens);
  return {
    contents: toGoogleContents(turns, model),
    ...(system === '' ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    ...(generationConfig ? { generationConfig } : {}),
    ...toGoogleTools(options),
  };
}

/** Whole answers and events have the same fields. */
function readPayload(payload: unknown, builder: AnswerBuilder): boolean {
  const error = readField(payload, 'error');
  if (error) throwStatedError(error, builder);
  if (typeof payload !== 'object' || payload === null) return false;
  builder.setModel(readField(payload, 'modelVersion'));
  builder.usage.merge(readField(payload, 'usageMetadata'));
  const candidate = firstAlternative(readField(payload, 'candidates'));
  for (const part of toList(readField(readField(candidate, 'content'), 'parts'))) {
    const text = toText(readField(part, 'text'));
    if (readField(part, 'thought')) builder.appendReasoning(text);
    else builder.appendText(text);
    const call = readField(part, 'functionCall');
    if (call) appendCall(call, builder);
  }
  const reason = isPromptBlocked(payload)
    ? 'content_filter'
    : toFinishReason(readField(candidate, 'finishReason'));
  if (reason) builder.finish(reason);
  return true;
}

/** Calls are never sent in parts. The ids are optional, and each call has one here. */
function appendCall(call: unknown, builder: AnswerBuilder): void {
  const id = toText(readField(call, 'id')) || newToolCallId();
  builder.appendToolCall({
    id,
    name: readField(call, 'name'),
    arguments: toArguments(readField(call, 'args')),
  });
}

/** Returns whether the prompt was blocked; the response has no candidates then. */
function isPromptBlocked(body: unknown): boolean {
  return toText(readField(readField(body, 'promptFeedback'), 'blockReason')) !== '';
}
