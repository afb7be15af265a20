import type { ModelFinishReason } from './language-model.js';
import { ModelFailure } from './model-failure.js';

/** What a provider says at the end of an answer. A failure says that the answer is not complete. */
type Outcome = ModelFinishReason | 'tool_calls' | 'server_error' | 'incomplete_answer';

/**
 * The finish reasons of the documentation of each provider, in lower case. One table serves all protocols, because
 * gateways pass on the words of the provider behind them. A word that is missing here is a failure.
 */
const WORDS: Readonly<Record<Exclude<Outcome, 'incomplete_answer'>, string>> = {
  // OpenAI, Ollama, vLLM: stop. Anthropic, Bedrock: end_turn, stop_sequence. Together, TGI, watsonx: eos, eos_token.
  // Cohere: complete. Bedrock (Titan): finish, finished, stop_criteria_met. AI21: endoftext. Responses: completed.
  // Baidu: normal. LM Studio: eosfound, stopstringfound.
  stop: `stop eos eos_token end_turn stop_sequence complete completed finish finished stop_criteria_met endoftext normal
    eosfound stopstringfound`,
  // Anthropic, Gemini, Cohere: max_tokens. Responses: max_output_tokens. Mistral: model_length. watsonx: token_limit.
  // Cohere on Bedrock: error_limit. LM Studio: maxpredictedtokensreached, contextlengthreached.
  length: `length max_tokens max_output_tokens max_completion_tokens model_length model_context_window_exceeded
    token_limit error_limit maxpredictedtokensreached contextlengthreached`,
  // OpenAI, Azure: content_filter. Anthropic: refusal. Bedrock: content_filtered, guardrail_intervened. GLM, Hunyuan:
  // sensitive. Cohere on Bedrock: error_toxic. The rest is from Gemini.
  content_filter: `content_filter content_filtered guardrail_intervened refusal sensitive error_toxic safety recitation
    language blocklist prohibited_content spii image_safety image_prohibited_content image_recitation model_armor`,
  tool_calls: 'tool_calls tool_call tool_use function_call toolcalls',
  server_error: 'error failed network_error error_finish',
};

const OUTCOMES: ReadonlyMap<string, Outcome> = new Map(
  Object.entries(WORDS).flatMap(([outcome, words]) =>
    words.split(/\s+/).map((word) => [word, outcome as Outcome] as const),
  ),
);

/** What providers send with each token until the model has finished. Qwen sends the word `null`. */
const NOT_FINISHED: ReadonlySet<string> = new Set(['', 'null', 'finish_reason_unspecified', 'not_finished']);

/**
 * Returns the finish reason of a word of any provider, compared without case; null until the model has finished.
 * `word: detail` counts as `word`. Tool calls are a normal end of an answer without tools. Throws a
 * {@link ModelFailure} for a word that says that the answer is not complete, and for an unknown one.
 */
export function toFinishReason(word: unknown): ModelFinishReason | null {
  if (typeof word !== 'string') return null;
  const name = word.split(':', 1)[0]?.trim().toLowerCase() ?? '';
  if (NOT_FINISHED.has(name)) return null;
  const outcome = OUTCOMES.get(name) ?? 'incomplete_answer';
  if (outcome === 'server_error' || outcome === 'incomplete_answer') throw new ModelFailure(outcome);
  return outcome === 'tool_calls' ? 'stop' : outcome;
}
