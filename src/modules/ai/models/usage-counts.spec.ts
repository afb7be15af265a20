import type { TokenUsage } from './language-model.js';
import { UsageCounts } from './usage-counts.js';

function usageOf(reports: readonly unknown[], hasText = true): TokenUsage | null {
  const counts = new UsageCounts();
  reports.forEach((report) => counts.merge(report));
  return counts.toTokenUsage(hasText);
}

describe('UsageCounts', () => {
  it.each([
    ['OpenAI', [{ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }], 10, 5],
    ['thinking only in the total', [{ prompt_tokens: 10, completion_tokens: 5, total_tokens: 515 }], 10, 505],
    ['Gemini', [{ promptTokenCount: 3, candidatesTokenCount: 4, thoughtsTokenCount: 5 }], 3, 9],
    [
      'Gemini with tools',
      [{ promptTokenCount: 3, toolUsePromptTokenCount: 2, candidatesTokenCount: 4 }],
      5,
      4,
    ],
    ['Ollama', [{ prompt_eval_count: 3, eval_count: 4 }], 3, 4],
    [
      'the cache of Anthropic',
      [
        {
          input_tokens: 9,
          cache_read_input_tokens: 2000,
          cache_creation_input_tokens: 100,
          output_tokens: 1,
        },
        { input_tokens: 0, output_tokens: 7 },
      ],
      2109,
      7,
    ],
    ['a later null', [{ prompt_tokens: 1, completion_tokens: 2 }, null, { prompt_tokens: null }], 1, 2],
    ['a missing input', [{ completion_tokens: 2, total_tokens: 50 }], 0, 2],
  ])('merges the reports of %s', (_, reports, inputTokens, outputTokens) => {
    expect(usageOf(reports)).toEqual({ inputTokens, outputTokens });
  });

  it('takes a text without output tokens as not reported', () => {
    expect(usageOf([{ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }])).toBeNull();
    expect(usageOf([{ prompt_tokens: 7, completion_tokens: 0 }])).toBeNull();
    expect(usageOf([{ prompt_tokens: 7, completion_tokens: 0 }], false)).toEqual({
      inputTokens: 7,
      outputTokens: 0,
    });
  });

  it.each([[[]], [[undefined, 'many', [], {}]], [[{ prompt_tokens: -1 }, { completion_tokens: 1e12 }]]])(
    'has nothing for %j',
    (reports) => {
      expect(usageOf(reports)).toBeNull();
    },
  );
});
