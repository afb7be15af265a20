import { FakeProvider } from '@scripts/fake-provider.js';
import type { ScriptedAnswer } from '@scripts/fake-provider.js';
import { type TestResponse, type TestRequest, TestApp, type TestAppOptions } from '../app/test-app.js';

export interface SseEvent {
  id: number;
  event: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a client sees: untyped JSON
  data: any;
}

/** The events of a stream, as a client reads them. */
export function parseSseEvents(text: string): SseEvent[] {
  return text
    .split('\n\n')
    .filter((frame) => frame.startsWith('id: '))
    .map((frame) => {
      const [, id, event, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
      return { id: Number(id), event: event ?? '', data: JSON.parse(data ?? 'null') };
    });
}

/** What a reader has on the screen at the end: a restart clears it. */
export function displayedText(events: readonly SseEvent[]): string {
  return events.reduce((text, { event, data }) => {
    if (event === 'restart') return '';
    return event === 'delta' ? text + data.content : text;
  }, '');
}

export interface AiApp {
  app: TestApp;
  /** Providers by id; all speak the OpenAI dialect. */
  fakeProviders: Record<string, FakeProvider>;
  /** Another process of the same installation, with the same providers; it stops with this one. */
  startSibling: (env?: Record<string, string>) => Promise<TestApp>;
  stop: () => Promise<void>;
}

/** For who attacks silence and stalls. Everybody else waits for a minute: a busy machine is no failing provider. */
export const SHORT_TIMEOUTS = { AI_PROVIDER_TIMEOUT_MS: '1000', AI_STALL_TIMEOUT_MS: '500' };
const LONG_TIMEOUTS = { AI_PROVIDER_TIMEOUT_MS: '60000', AI_STALL_TIMEOUT_MS: '60000' };

/** The application with scripted providers: `first`, then `second`, and so on, in the order of `auto`. */
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

/** The same as a stream, read to its end. */
export async function generateStream(app: TestApp, body: object, call: TestRequest): Promise<SseEvent[]> {
  const answer = await generate(app, { ...body, stream: true }, call);
  if (answer.status !== 200) throw new Error(`Expected 200, got ${answer.status}: ${answer.text}`);
  return parseSseEvents(answer.text);
}

export type { ScriptedAnswer };
