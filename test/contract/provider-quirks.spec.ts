import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelMessage, ModelRequest } from '@/modules/ai/models/language-model.js';
import { ModelFailure } from '@/modules/ai/models/model-failure.js';
import { PROVIDER_QUIRKS } from '@scripts/fake-provider.js';
import {
  ProviderFixture,
  buildModelRequest,
  generateResult,
  type ProviderResult,
  resultReason,
  streamResult,
} from '@test/support/fake-provider/provider-fixture.js';

/**
 * What becomes of each quirk of real providers, in each protocol, whole and streamed. After a change, run this spec with
 * `PROVIDER_QUIRKS=write` and review each line: an answer must never look complete when it was cut.
 */
const FILE = join(__dirname, 'provider-quirks.json');
const KINDS = ['openai', 'anthropic', 'google', 'ollama'] as const;

/** Four turns and an instruction, so that every part of a request can be refused. */
function buildRequest(quirk: string): Pick<ModelRequest, 'messages' | 'maxTokens'> {
  const isQuoted = quirk === 'a refusal that quotes the question';
  const question = isQuoted
    ? 'Why are max_tokens, stream_options and "system role not supported" here?'
    : 'Five?';
  const messages: ModelMessage[] = [
    { role: 'system', content: 'Answer in German.' },
    { role: 'user', content: 'One.' },
    { role: 'assistant', content: 'Two.' },
    { role: 'user', content: 'Three.' },
    { role: 'assistant', content: 'Four.' },
    { role: 'user', content: question },
  ];
  return { messages, maxTokens: 8192 };
}

function describeResult(result: ProviderResult, requests: number): string {
  const { end, error, text } = result;
  const usage = end?.usage ? `${end.usage.inputTokens}+${end.usage.outputTokens} tokens` : 'no usage';
  const wait = error instanceof ModelFailure ? error.retryAfter : undefined;
  const shown = text.length > 100 ? `${text.length} characters` : JSON.stringify(text);
  const details = end ? [shown, usage] : wait === undefined ? [] : [`wait ${wait} s`];
  return [resultReason(result), ...details, ...(requests === 1 ? [] : [`${requests} requests`])].join(', ');
}

type Outcomes = Record<string, Record<string, Record<string, string>>>;

/** Describes both answers to the same request: the second one shows what was learnt from the first one. */
async function describeOutcome(
  fixture: ProviderFixture,
  name: string,
  kind: (typeof KINDS)[number],
  streaming: boolean,
): Promise<string | undefined> {
  const answer = PROVIDER_QUIRKS[name]?.({ kind, streaming });
  if (!answer) return undefined;
  const { fakeProvider } = fixture;
  fakeProvider.script(answer);
  const run = streaming ? streamResult : generateResult;
  const outcomes: string[] = [];
  while (outcomes.length < 2) {
    const before = fakeProvider.requests.length;
    // Capabilities are learnt per model.
    const request = buildModelRequest({ ...buildRequest(name), model: `${name} ${streaming}` });
    const result = await run(fixture.provider(), request);
    outcomes.push(describeResult(result, fakeProvider.requests.length - before));
  }
  const [first, second] = outcomes;
  return first === second ? first : `${first}; then ${second}`;
}

describe('the quirks of real providers', () => {
  const update = process.env.PROVIDER_QUIRKS === 'write';
  const outcomes: Outcomes = {};

  it.each(KINDS)('of %s have the committed outcomes', async (kind) => {
    const fixture = await ProviderFixture.start(kind);
    for (const name of Object.keys(PROVIDER_QUIRKS)) {
      for (const form of ['whole', 'streamed']) {
        const outcome = await describeOutcome(fixture, name, kind, form === 'streamed');
        if (outcome !== undefined) ((outcomes[name] ??= {})[kind] ??= {})[form] = outcome;
      }
    }
    await fixture.stop();
    if (update) return;
    const committed = JSON.parse(readFileSync(FILE, 'utf8')) as Outcomes;
    const select = (table: Outcomes): unknown =>
      Object.fromEntries(Object.entries(table).map(([name, kinds]) => [name, kinds[kind]]));
    const all = select(
      Object.fromEntries(Object.keys(PROVIDER_QUIRKS).map((name) => [name, outcomes[name] ?? {}])),
    );
    expect(all).toEqual(select(committed));
  });

  afterAll(() => {
    if (update) writeFileSync(FILE, `${JSON.stringify(outcomes, null, 2)}\n`);
  });
});
