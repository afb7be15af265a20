import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import type { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenLiveSession } from '@test/support/live/live-sessions.js';
import { LiveSocketClient } from '@test/support/live/live-socket-client.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

describe('a live session that goes on in another process', () => {
  let ai: AiApp;
  let model: FakeProvider;
  let sibling: TestApp;

  beforeAll(async () => {
    ai = await givenAiApp(['model']);
    model = ai.fakeProviders.model as FakeProvider;
    sibling = await ai.startSibling();
  });
  afterAll(() => ai.stop());

  async function open(at: TestApp, { accessToken: token }: UserWithId): Promise<LiveSocketClient> {
    const client = await LiveSocketClient.open(at, { token });
    await client.waitFor('session.ready');
    return client;
  }

  async function ask(client: LiveSocketClient, text: string, answer: string): Promise<void> {
    model.script({ text: answer.match(/\S+\s*/gu) ?? [] });
    const from = client.events.length;
    client.send('text.input', { text });
    await client.waitFor('turn.ended', from);
  }

  /** Returns the turns of the last request to the model. */
  function prompt(): string[] {
    const { messages } = model.requests.at(-1)?.body as { messages: { role: string; content: string }[] };
    return messages.filter(({ role }) => role !== 'system').map(({ role, content }) => `${role}: ${content}`);
  }

  const BEFORE = ['user: I am Zoe.', 'assistant: Hello Zoe.'];

  it.each(['is lost', 'is open'])('keeps its turns when the earlier socket %s', async (state) => {
    const user = await givenUserWithId(ai.app);
    await givenLiveSession(ai.app, user);
    const first = await open(ai.app, user);
    await ask(first, 'I am Zoe.', 'Hello Zoe.');
    if (state === 'is lost') first.socket.terminate();
    const second = await open(sibling, user);
    await ask(second, 'Who am I?', 'You are Zoe.');
    expect(prompt()).toEqual([...BEFORE, 'user: Who am I?']);
    const third = await open(ai.app, user);
    await ask(third, 'Really?', 'Yes.');
    expect(prompt()).toEqual([...BEFORE, 'user: Who am I?', 'assistant: You are Zoe.', 'user: Really?']);
    await third.close();
  });

  it('keeps of a running answer what was shown', async () => {
    const user = await givenUserWithId(ai.app);
    await givenLiveSession(ai.app, user);
    const first = await open(ai.app, user);
    model.script({ text: ['One, ', 'two, ', 'three.'], hold: 1 });
    first.send('text.input', { text: 'Count.' });
    await first.waitFor('ai.text');
    const second = await open(sibling, user);
    model.releaseHeld();
    await ask(second, 'Go on.', 'Two.');
    expect(prompt()).toEqual(['user: Count.', 'assistant: One, ', 'user: Go on.']);
    await second.close();
  });

  it('begins again when its transcript is not kept', async () => {
    const owner = await givenOwnerWithId(ai.app);
    const { organizationId: id, accessToken: token } = owner;
    await expectStatus(
      200,
      ai.app.patch(`/api/organizations/${id}`, { transcript_retention_days: 0 }, { token }),
    );
    await givenLiveSession(ai.app, owner);
    await ask(await open(ai.app, owner), 'I am Zoe.', 'Hello Zoe.');
    const second = await open(sibling, owner);
    await ask(second, 'Who am I?', 'I do not know.');
    expect(prompt()).toEqual(['user: Who am I?']);
    await second.close();
  });
});
