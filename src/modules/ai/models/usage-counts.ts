import { readField, toTokenCount } from './json-fields.js';
import type { TokenUsage } from './language-model.js';

type CountName =
  'prompt' | 'uncachedInput' | 'cacheRead' | 'cacheWrite' | 'toolInput' | 'output' | 'thoughts' | 'total';

/** The names of each count in the protocols. `input_tokens` of Anthropic does not include the cache. */
const FIELDS: readonly (readonly [string, CountName])[] = [
  ['prompt_tokens', 'prompt'],
  ['promptTokenCount', 'prompt'],
  ['prompt_eval_count', 'prompt'],
  ['input_tokens', 'uncachedInput'],
  ['cache_read_input_tokens', 'cacheRead'],
  ['cache_creation_input_tokens', 'cacheWrite'],
  ['toolUsePromptTokenCount', 'toolInput'],
  ['completion_tokens', 'output'],
  ['candidatesTokenCount', 'output'],
  ['eval_count', 'output'],
  ['output_tokens', 'output'],
  ['thoughtsTokenCount', 'thoughts'],
  ['total_tokens', 'total'],
  ['totalTokenCount', 'total'],
];

/** The token counts of an answer, merged from all objects in which a provider reports them. */
export class UsageCounts {
  private readonly counts = new Map<CountName, number>();

  /** Merges the counts of an object field by field: the larger value stands, because counts are cumulative. */
  merge(reported: unknown): void {
    if (typeof reported !== 'object' || reported === null) return;
    for (const [field, name] of FIELDS) {
      const count = toTokenCount(readField(reported, field));
      if (count !== null) this.counts.set(name, Math.max(count, this.counts.get(name) ?? 0));
    }
  }

  /**
   * Returns null when nothing was reported, and for a text without output tokens. Cache tokens count as input, thinking
   * as output; some providers report thinking only in the total.
   */
  toTokenUsage(hasText: boolean): TokenUsage | null {
    const { counts } = this;
    if (counts.size === 0) return null;
    const of = (name: CountName): number => counts.get(name) ?? 0;
    const cached = of('cacheRead') + of('cacheWrite');
    const inputTokens = Math.max(of('prompt'), of('uncachedInput') + cached) + of('toolInput');
    const beyondInput = inputTokens > 0 ? of('total') - inputTokens : 0;
    const outputTokens = Math.max(of('output') + of('thoughts'), beyondInput);
    if (outputTokens === 0 && (hasText || inputTokens === 0)) return null;
    return { inputTokens, outputTokens };
  }
}
