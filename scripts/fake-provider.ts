// A scripted AI provider on loopback, for tests and benchmarks.
//   node dist/scripts/fake-provider.js [--port 0] [--kind openai] [--tokens 40] [--delay 0] [--first-byte 0]
// Prints its base URL. Delays are in milliseconds; `--delay` is per token.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FakeProvider, type FakeProviderKind } from './fake-provider/fake-provider.js';

export { FakeProvider } from './fake-provider/fake-provider.js';
export type {
  FakeProviderKind,
  FakeProviderOptions,
  RecordedRequest,
} from './fake-provider/fake-provider.js';
export { PROVIDER_QUIRKS } from './fake-provider/provider-quirks.js';
export type { Quirk, QuirkContext } from './fake-provider/provider-quirks.js';
export type { ScriptedAnswer } from './fake-provider/scripted-answer.js';

async function main(): Promise<void> {
  const option = (fallback: string): { type: 'string'; default: string } => ({
    type: 'string',
    default: fallback,
  });
  const { values } = parseArgs({
    options: {
      port: option('0'),
      kind: option('openai'),
      tokens: option('40'),
      delay: option('0'),
      'first-byte': option('0'),
    },
  });
  const kind = values.kind as FakeProviderKind;
  const fakeProvider = await FakeProvider.start({ kind, port: Number(values.port), record: false });
  const firstByteMs = Number(values['first-byte']);
  fakeProvider.script({ tokens: Number(values.tokens), delayMs: Number(values.delay), firstByteMs });
  process.stdout.write(`${fakeProvider.url}\n`);
}

const [, scriptPath] = process.argv;
if (scriptPath && realpathSync(scriptPath) === fileURLToPath(import.meta.url)) void main();
