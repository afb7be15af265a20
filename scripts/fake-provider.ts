// A provider on loopback for tests and benchmarks.
//   node dist/scripts/upstream.js [--port 0] [--kind openai] [--tokens 40] [--delay 0] [--first-byte 0]
// prints its base URL; delays are in milliseconds, `--delay` is per token.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ScriptedUpstream, type UpstreamKind } from './fake-provider/fake-provider.js';

export { ScriptedUpstream } from './fake-provider/fake-provider.js';
export type { UpstreamKind, UpstreamOptions, UpstreamRequest } from './fake-provider/fake-provider.js';
export type { Step } from './fake-provider/scripted-answer.js';

async function main(): Promise<void> {
  const option = (fallback: string): { type: 'string'; default: string } => ({
    type: 'string',
    default: fallback,
  });
  const { values } = parseArgs({
    options: {
      ...{ port: option('0'), kind: option('openai'), tokens: option('40'), delay: option('0') },
      'first-byte': option('0'),
    },
  });
  const kind = values.kind as UpstreamKind;
  const upstream = await ScriptedUpstream.start({ kind, port: Number(values.port), record: false });
  const firstByteMs = Number(values['first-byte']);
  upstream.script({ tokens: Number(values.tokens), delayMs: Number(values.delay), firstByteMs });
  process.stdout.write(`${upstream.url}\n`);
}

const [, started] = process.argv;
if (started && realpathSync(started) === fileURLToPath(import.meta.url)) void main();
