import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeProvider, type ScriptedAnswer } from '@scripts/fake-provider.js';
import { TestApp } from '../app/test-app.js';
import { FakeGoogle } from '../google/fake-google.js';
import { faultsOf, rewritten, type Run } from './check.js';
import { type Example, type Fence, Page, writeFormatted } from './page.js';
import { ResponseRecorder } from './recorder.js';
import { GuideShell, hasModernCurl } from './shell.js';

/** The address of the server on every page. */
const ADDRESS = 'http://127.0.0.1:3000';

/** What stands for the address of the stand-in for Google. */
const GOOGLE_ADDRESS = 'https://accounts.google.com/o/oauth2/v2';

export interface GuideOptions {
  /** Blocks that only show commands, by their exact text. */
  notExecuted: readonly string[];
  env?: Record<string, string>;
  /** What a stand-in for OpenAI answers, in this order; the last step repeats. Without it only `local` answers. */
  openai?: ScriptedAnswer[];
  /** Uses a stand-in for Google, at which every user grants access. */
  google?: boolean;
  /** Registers an account before the page does, because the first account of a server is an operator. */
  seedOperator?: boolean;
  /** Uses the stand-in for curl although there is a curl. */
  substituteCurl?: boolean;
  /** Replaces the shown results by those of the run, in the file. */
  update?: boolean;
}

export interface GuideReport {
  /** `path:line: what is wrong`. */
  faults: string[];
  /** User names of the accounts that the page registered. */
  accounts: string[];
}

/** Programs that an executed block may call. Any other could change the machine on which the test runs. */
const PROGRAMS = new Set('curl node json echo printf sed grep cut head tail sleep for do done'.split(' '));

/** Whether a block calls only these programs: at the start of a line, behind a pipe, and in `$(...)`. */
function isHarmless(text: string): boolean {
  const called = [...text.matchAll(/(?:^|[|;&]\s*|\$\(|\bdo\s+)([a-z][\w-]*)(?![\w-]*(?:=|\(\)))/gm)];
  return called.every(([, program = '']) => PROGRAMS.has(program));
}

/** Executes the blocks of one page in order against a server of its own and compares what the page shows. */
export async function runGuide(path: string, options: GuideOptions): Promise<GuideReport> {
  const page = Page.read(path);
  const listed = page.examples().filter(({ request }) => !options.notExecuted.includes(request.text));
  const examples = listed.filter(({ request }) => isHarmless(request.text));
  const faults = orphans(page, examples).map(
    (fence) => `${page.placeOf(fence)}: no request belongs to this block`,
  );
  for (const { request } of listed.filter((example) => !examples.includes(example)))
    faults.push(`${page.placeOf(request)}: is not executed, so it must be listed in NOT_EXECUTED`);
  if (examples.length === 0) return { faults, accounts: [] };

  const server = await GuideServer.start(options);
  const shell = new GuideShell({ substituteCurl: options.substituteCurl || !hasModernCurl() });
  const texts = new Map<Fence, string>();
  try {
    for (const example of examples) {
      const run = await server.run(shell, example);
      const renewed = options.update ? rewritten(example, run) : new Map<Fence, string>();
      renewed.forEach((text, fence) => texts.set(fence, text));
      const found = faultsOf(withTexts(example, renewed), run);
      faults.push(...found.map((fault) => `${page.placeOf(example.request)}: ${fault}`));
      if (run.result.status < 0) break;
    }
    if (options.update) writeFormatted(path, page.withTexts(texts));
    return { faults, accounts: await server.accounts() };
  } finally {
    await shell.close();
    await server.stop();
  }
}

function withTexts({ request, json, http, output }: Example, texts: Map<Fence, string>): Example {
  const current = (fence: Fence): Fence => ({ ...fence, text: texts.get(fence) ?? fence.text });
  return { request, json: json.map(current), http: http.map(current), output: output && current(output) };
}

/** Returns the json and http blocks that no executed request precedes. */
function orphans(page: Page, examples: Example[]): Fence[] {
  const owned = new Set(examples.flatMap(({ json, http }) => [...json, ...http]));
  return page.fences.filter((fence) => ['json', 'http'].includes(fence.language) && !owned.has(fence));
}

/** A listening TestApp whose responses are recorded. */
class GuideServer {
  private constructor(
    private readonly app: TestApp,
    private readonly recorder: ResponseRecorder,
    private readonly address: string,
    private readonly seeded: string[],
    private readonly provider: FakeProvider | undefined,
    private readonly google: FakeGoogle | undefined,
  ) {}

  static async start({ env, openai, google: usesGoogle, seedOperator }: GuideOptions): Promise<GuideServer> {
    const provider = openai && (await FakeProvider.start({ kind: 'openai', record: false }));
    provider?.script(...(openai ?? []));
    const providerEnv: Record<string, string> = provider
      ? { OPENAI_API_KEY: 'sk-guides', OPENAI_BASE_URL: provider.url }
      : {};
    const google = usesGoogle ? await FakeGoogle.start() : undefined;
    const app = await TestApp.start({ env: { ...providerEnv, ...google?.env, ...env } });
    const seeded = seedOperator ? ['operator'] : [];
    for (const username of seeded) {
      const account = {
        username,
        email: `${username}@localhost.example`,
        password: 'otters juggle nine lanterns',
      };
      const { status, text } = await app.post('/api/auth/register', account);
      if (status !== 201) throw new Error(text);
    }
    await app.nest.listen(0, '127.0.0.1');
    const server = app.nest.getHttpServer() as Server;
    const { port } = server.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}`;
    google?.oauth.redirectBrowsersTo(address);
    return new GuideServer(app, new ResponseRecorder(server), address, seeded, provider, google);
  }

  async run(shell: GuideShell, { request }: Example): Promise<Run> {
    const result = await shell.run(request.text.replaceAll(ADDRESS, this.address));
    const shown = (text: string): string => {
      const local = text.replaceAll(this.address, ADDRESS);
      return this.google ? local.replaceAll(this.google.url, GOOGLE_ADDRESS) : local;
    };
    const responses = this.recorder.take().map((response) => ({ ...response, body: shown(response.body) }));
    return { result: { ...result, out: shown(result.out) }, responses };
  }

  async accounts(): Promise<string[]> {
    const rows = await this.app.sql<{ username: string }>('SELECT username FROM users');
    return rows.map(({ username }) => username).filter((name) => !this.seeded.includes(name));
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.provider?.stop();
    await this.google?.stop();
  }
}
