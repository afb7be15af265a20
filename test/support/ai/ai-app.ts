import { FakeProvider } from '@scripts/fake-provider.js';
import type { ScriptedAnswer } from '@scripts/fake-provider.js';
import { type TestResponse, type TestRequest, TestApp, type TestAppOptions } from '../app/test-app.js';

export interface SseEvent {
  id: number;
  event: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a client sees untyped JSON
  data: any;
}

/** Parses the events of a stream; ignores comments and `retry` fields. */
export function parseSseEvents(text: string): SseEvent[] {
  return text
    .split('\n\n')
    .filter((frame) => frame.startsWith('id: '))
    .map((frame) => {
      const [, id, event, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
      return { id: Number(id), event: event ?? '', data: JSON.parse(data ?? 'null') };
    });
}

/** Returns the text that a client displays after these events; a `restart` event clears it. */
export function displayedText(events: readonly SseEvent[]): string {
  return events.reduce((text, { event, data }) => {
    if (event === 'restart') return '';
    return event === 'delta' ? text + data.content : text;
  }, '');
}

export interface AiApp {
  app: TestApp;
  /** Providers by id; all use the OpenAI protocol. */
  fakeProviders: Record<string, FakeProvider>;
  /** Starts another node on the same database, with the same providers; `stop` stops it, too. */
  startSibling: (env?: Record<string, string>) => Promise<TestApp>;
  stop: () => Promise<void>;
}

/** For tests of silence and stalls. All other tests wait for a minute, because a busy machine is not a failing provider. */
export const SHORT_TIMEOUTS = { AI_PROVIDER_TIMEOUT_MS: '1000', AI_STALL_TIMEOUT_MS: '500' };
const LONG_TIMEOUTS = { AI_PROVIDER_TIMEOUT_MS: '60000', AI_STALL_TIMEOUT_MS: '60000' };

/** Starts the application with a fake provider for each name, in the order in which `auto` tries them. */
export async function givenAiApp(
  names: readonly string[] = ['first', 'second'],
  { env = {}, ...options }: TestAppOptions = {},
): Promise<AiApp> {
  const fakeProviders: Record<string, FakeProvider> = {};
  for (const name of names) fakeProviders[name] = await FakeProvider.start({ kind: 'openai' });
  const providerSettings = Object.entries(fakeProviders).flatMap(([name, { url }]) => [
    [`OPENAI_COMPATIBLE_${name.toUpperCase()}_BASE_URL`, url],
    [`OPENAI_COMPATIBLE_${name.toUpperCase()}_API_KEY`, `sk-${name}-7Hq2LmXv9Tz`],
    [`OPENAI_COMPATIBLE_${name.toUpperCase()}_MODELS`, `${name}-large,${name}-small`],
  ]);
  const order = { AI_PROVIDER_ORDER: names.join(',') };
  const settings = { ...Object.fromEntries(providerSettings), ...LONG_TIMEOUTS, ...order, ...env };
  const app = await TestApp.start({ ...options, env: settings });
  const siblings: TestApp[] = [];
  const startSibling: AiApp['startSibling'] = async (extraEnv = {}) => {
    const sibling = await TestApp.start({ ...options, siblingOf: app, env: { ...settings, ...extraEnv } });
    siblings.push(sibling);
    return sibling;
  };
  const stop = async (): Promise<void> => {
    for (const node of [...siblings, app]) await node.stop();
    await Promise.all(Object.values(fakeProviders).map((fakeProvider) => fakeProvider.stop()));
  };
  return { app, fakeProviders, startSibling, stop };
}

export function generate(app: TestApp, body: object, call: TestRequest): Promise<TestResponse> {
  return app.post('/api/ai/generate', { message: 'Hello there', ...body }, call);
}

/** Requests a streamed answer; returns all its events. Throws for a status other than 200. */
export async function generateStream(app: TestApp, body: object, call: TestRequest): Promise<SseEvent[]> {
  const answer = await generate(app, { ...body, stream: true }, call);
  if (answer.status !== 200) throw new Error(`Expected 200, got ${answer.status}: ${answer.text}`);
  return parseSseEvents(answer.text);
}

export type { ScriptedAnswer };
