import { ScriptedUpstream } from '@scripts/fake-provider.js';
import type { Step } from '@scripts/fake-provider.js';
import { type Answer, type Call, TestApp, type TestAppOptions } from '../app/test-app.js';

export interface SseEvent {
  id: number;
  event: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a client sees: untyped JSON
  data: any;
}

/** The events of a stream, as a client reads them. */
export function eventsOf(text: string): SseEvent[] {
  return text
    .split('\n\n')
    .filter((frame) => frame.startsWith('id: '))
    .map((frame) => {
      const [, id, event, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
      return { id: Number(id), event: event ?? '', data: JSON.parse(data ?? 'null') };
    });
}

/** What a reader has on the screen at the end: a restart clears it. */
export function shownBy(events: readonly SseEvent[]): string {
  return events.reduce((shown, { event, data }) => {
    if (event === 'restart') return '';
    return event === 'delta' ? shown + data.content : shown;
  }, '');
}

export interface AiApp {
  app: TestApp;
  /** Providers by id; all speak the OpenAI dialect. */
  upstreams: Record<string, ScriptedUpstream>;
  /** Another process of the same installation, with the same providers; it stops with this one. */
  beside: (env?: Record<string, string>) => Promise<TestApp>;
  stop: () => Promise<void>;
}

/** For who attacks silence and stalls. Everybody else waits for a minute: a busy machine is no failing provider. */
export const HASTY = { AI_PROVIDER_TIMEOUT_MS: '1000', AI_STALL_TIMEOUT_MS: '500' };
const PATIENT = { AI_PROVIDER_TIMEOUT_MS: '60000', AI_STALL_TIMEOUT_MS: '60000' };

/** The application with scripted providers: `first`, then `second`, and so on, in the order of `auto`. */
export async function givenAiApp(
  names: readonly string[] = ['first', 'second'],
  { env = {}, ...options }: TestAppOptions = {},
): Promise<AiApp> {
  const upstreams: Record<string, ScriptedUpstream> = {};
  for (const name of names) upstreams[name] = await ScriptedUpstream.start({ kind: 'openai' });
  const providers = Object.entries(upstreams).flatMap(([name, { url }]) => [
    [`OPENAI_COMPATIBLE_${name.toUpperCase()}_BASE_URL`, url],
    [`OPENAI_COMPATIBLE_${name.toUpperCase()}_API_KEY`, `sk-${name}-7Hq2LmXv9Tz`],
    [`OPENAI_COMPATIBLE_${name.toUpperCase()}_MODELS`, `${name}-large,${name}-small`],
  ]);
  const order = { AI_PROVIDER_ORDER: names.join(',') };
  const all = { ...Object.fromEntries(providers), ...PATIENT, ...order, ...env };
  const app = await TestApp.start({ ...options, env: all });
  const others: TestApp[] = [];
  const beside: AiApp['beside'] = async (more = {}) => {
    const other = await TestApp.start({ ...options, beside: app, env: { ...all, ...more } });
    others.push(other);
    return other;
  };
  const stop = async (): Promise<void> => {
    for (const one of [...others, app]) await one.stop();
    await Promise.all(Object.values(upstreams).map((upstream) => upstream.stop()));
  };
  return { app, upstreams, beside, stop };
}

export function generate(app: TestApp, body: object, call: Call): Promise<Answer> {
  return app.post('/api/ai/generate', { message: 'Hello there', ...body }, call);
}

/** The same as a stream, read to its end. */
export async function stream(app: TestApp, body: object, call: Call): Promise<SseEvent[]> {
  const answer = await generate(app, { ...body, stream: true }, call);
  if (answer.status !== 200) throw new Error(`Expected 200, got ${answer.status}: ${answer.text}`);
  return eventsOf(answer.text);
}

export type { Step };
