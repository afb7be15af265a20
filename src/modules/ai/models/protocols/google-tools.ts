import type { ModelOptions } from '../model-options.js';
import { parseArguments, type Turn } from './message-roles.js';

interface GoogleContent {
  role: 'user' | 'model';
  parts: object[];
}

/**
 * Newer models refuse a call in the history without the signature that they sent with it, which clients of other
 * protocols cannot keep. This value is documented for such calls.
 */
const NO_SIGNATURE = 'skip_thought_signature_validator';
const MODELS_WITHOUT_SIGNATURES = /^(models\/)?gemini-[12]\b/;

/** Results of tools are parts of one user turn. */
export function toGoogleContents(turns: readonly Turn[], model: string): GoogleContent[] {
  const contents: GoogleContent[] = [];
  for (const turn of turns) {
    const content = toContent(turn, model);
    const last = contents.at(-1);
    if (last?.role === content.role) last.parts.push(...content.parts);
    else contents.push(content);
  }
  return contents;
}

/** Returns undefined when there is nothing to configure. */
export function toGenerationConfig(options: ModelOptions, maxTokens: number | undefined): object | undefined {
  const { responseFormat: format } = options;
  const config = {
    maxOutputTokens: maxTokens,
    temperature: options.temperature,
    topP: options.topP,
    presencePenalty: options.presencePenalty,
    frequencyPenalty: options.frequencyPenalty,
    seed: options.seed,
    stopSequences: options.stop,
    responseMimeType: format && 'application/json',
    responseJsonSchema: format?.type === 'json_schema' ? format.schema : undefined,
  };
  return Object.values(config).every((value) => value === undefined) ? undefined : config;
}

export function toGoogleTools({ tools, toolChoice }: ModelOptions): object {
  if (!tools) return {};
  const functionDeclarations = tools.map(({ name, description, parameters }) => ({
    name,
    description,
    parametersJsonSchema: parameters,
  }));
  const functionCallingConfig =
    typeof toolChoice === 'object'
      ? { mode: 'ANY', allowedFunctionNames: [toolChoice.name] }
      : { mode: { auto: 'AUTO', none: 'NONE', required: 'ANY' }[toolChoice ?? 'auto'] };
  return { tools: [{ functionDeclarations }], toolConfig: { functionCallingConfig } };
}

function toContent(turn: Turn, model: string): GoogleContent {
  const { role, content } = turn;
  if (role === 'user') return { role, parts: [{ text: content }] };
  if (role === 'tool') {
    const functionResponse = { name: turn.toolName, response: toResponse(content) };
    return { role: 'user', parts: [{ functionResponse }] };
  }
  const signature = MODELS_WITHOUT_SIGNATURES.test(model) ? {} : { thoughtSignature: NO_SIGNATURE };
  const calls = (turn.toolCalls ?? []).map((call) => ({
    functionCall: { name: call.name, args: parseArguments(call) },
    ...signature,
  }));
  return { role: 'model', parts: [...(content.trim() === '' ? [] : [{ text: content }]), ...calls] };
}

/** The protocol requires an object. */
function toResponse(content: string): object {
  try {
    const value = JSON.parse(content) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The result is a text.
  }
  return { result: content };
}
