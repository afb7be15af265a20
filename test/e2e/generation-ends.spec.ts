import { type AiApp, eventsOf, givenAiApp, stream } from '../support/ai.js';
import { givenUser } from '../support/given.js';

describe('an answer whose tokens cannot be counted', () => {
  let ai: AiApp;

  afterEach(() => ai.stop());

  /** A stream, and the same read once more. */
  async function told(
    env: Record<string, string>,
  ): Promise<{ first: unknown; later: () => Promise<unknown> }> {
    ai = await givenAiApp(['first'], { env });
    const { accessToken: token } = await givenUser(ai.app);
    await ai.app.sql('ALTER TABLE token_usage ADD CONSTRAINT uncountable CHECK (requests < 0)');
    ai.upstreams.first?.script({ text: 'Hello.' });
    const events = await stream(ai.app, {}, { token });
    const url = `/api/ai/generations/${events[0]?.data.generation_id}/events`;
    const later = async (): Promise<unknown> =>
      eventsOf((await ai.app.get(url, { token })).text).at(-1)?.event;
    return { first: events.at(-1)?.event, later };
  }

  it('has failed for whoever reads it, then and later, where a limit rests on them', async () => {
    const { first, later } = await told({ AI_MONTHLY_TOKENS_PER_USER: '100000' });
    expect(first).toBe('error');
    expect(await later()).toBe('error');
    const [counter] = await ai.app.sql('SELECT reserved FROM token_counters');
    expect(counter).toEqual({ reserved: 0 });
  }, 60_000);

  it('is there all the same where none does', async () => {
    const { first, later } = await told({});
    expect(first).toBe('done');
    expect(await later()).toBe('done');
  }, 60_000);
});
