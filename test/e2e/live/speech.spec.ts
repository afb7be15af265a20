import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import { FakeSpeechServer } from '@test/support/live/fake-speech-server.js';
import { givenLiveSession } from '@test/support/live/live-sessions.js';
import { LiveSocketClient } from '@test/support/live/live-socket-client.js';
import { framesOf, silence, tone } from '@test/support/live/tones.js';
import { givenUserWithId } from '@test/support/organizations/given-organizations.js';

const LONG = `Well, this is the beginning. ${'And so it goes on, word by word. '.repeat(40)}That is the end.`;
const ANSWER = 'I am well, thank you. How are you on this fine day?';

describe('speech in a live session', () => {
  let speech: FakeSpeechServer;
  let ai: AiApp;
  let model: FakeProvider;

  beforeAll(async () => {
    speech = await FakeSpeechServer.start();
    const env = { ...speech.environment('cascade'), LIVE_PLANS: 'free=75' };
    ai = await givenAiApp(['model'], { env });
    model = ai.fakeProviders.model as FakeProvider;
  });
  afterAll(async () => {
    await ai.stop();
    await speech.stop();
  });
  beforeEach(() => {
    speech.msPerCharacter = 3;
    speech.transcripts.length = 0;
    model.script({ text: ANSWER.match(/\S+\s*/gu) ?? [] });
  });

  async function talk(request: object = {}): Promise<LiveSocketClient> {
    const user = await givenUserWithId(ai.app);
    await givenLiveSession(ai.app, user, request);
    const client = await LiveSocketClient.open(ai.app, { token: user.accessToken });
    expect((await client.waitFor('session.ready')).data).toMatchObject({ audio: true });
    return client;
  }

  function hear(client: LiveSocketClient, ...parts: Buffer[]): void {
    for (const frame of framesOf(Buffer.concat(parts))) client.socket.send(frame);
  }

  /** Returns once audio of the answer has arrived. */
  async function waitForAudio(client: LiveSocketClient): Promise<void> {
    while (client.audio.length === 0) await new Promise((resolve) => client.socket.once('message', resolve));
  }

  it('is heard, answered and spoken', async () => {
    const client = await talk();
    hear(client, tone(400), silence(520));
    const { data } = await client.waitFor('turn.ended');
    expect(data).toMatchObject({ reason: 'completed', heard_text: ANSWER, generated_text: ANSWER });
    for (const stage of ['speech_to_text', 'first_text', 'last_text', 'first_audio'])
      expect(data.delays[stage]).toEqual(expect.any(Number));
    expect(Buffer.concat(client.audio)).toHaveLength(48 * 3 * (ANSWER.length - 1));
    const finals = client.events.filter(({ type }) => type === 'transcript.final');
    expect(finals.map(({ data: { role, text } }) => [role, text])).toEqual([
      ['user', 'Hello there.'],
      ['ai', ANSWER],
    ]);
    const { started_at, ended_at } = finals[0]?.data ?? {};
    expect(Date.parse(ended_at) - Date.parse(started_at)).toBe(400);
    await client.close();
  });

  it('is heard in Opus', async () => {
    const client = await talk();
    const before = speech.transcriptions.length;
    const file = readFileSync(join(__dirname, '../../fixtures/tone.webm'));
    for (let start = 0; start < file.length; start += 500)
      client.socket.send(file.subarray(start, start + 500));
    const { data } = await client.waitFor('turn.ended');
    expect(data).toMatchObject({ reason: 'completed', heard_text: ANSWER });
    const [{ bytes = 0 } = {}] = speech.transcriptions.slice(before);
    expect(Math.abs((bytes - 44) / 48 - 1200)).toBeLessThan(60);
    await client.close();
  });

  it('stops within the first 200 ms of an interruption', async () => {
    speech.msPerCharacter = 60;
    const client = await talk();
    hear(client, tone(400), silence(520));
    await waitForAudio(client);
    const turn = await client.waitFor('turn.started');
    client.send('playback.position', { turn_id: turn.data.turn_id, milliseconds: 300 });
    hear(client, tone(200));
    await client.waitFor('interruption.started');
    const frames = client.audio.length;
    model.script({ text: ['Yes.'] });
    speech.transcripts.push('Wait, may I ask something?');
    hear(client, tone(1000), silence(520));
    const { data } = await client.waitFor('turn.ended');
    expect(client.audio).toHaveLength(frames);
    expect(data.reason).toBe('interrupted');
    expect(ANSWER.startsWith(data.heard_text)).toBe(true);
    expect(data.heard_text.length).toBeLessThan(ANSWER.length / 2);
    await client.waitFor(
      ({ type, data: { text } }) => type === 'transcript.final' && text.startsWith('Wait'),
    );
    await client.close();
  });

  /** Starts an answer of many words, and returns when it is heard. */
  async function listenToLongAnswer(): Promise<LiveSocketClient> {
    speech.msPerCharacter = 60;
    model.script({ text: LONG.match(/\S+\s*/gu) ?? [], delayMs: 10 });
    const client = await talk();
    hear(client, tone(400), silence(520));
    await waitForAudio(client);
    return client;
  }

  /** Returns the types of the events from the first `interruption.started` to the first of this type. */
  function typesUntil(client: LiveSocketClient, type: string): string[] {
    const types = client.types().slice(client.types().indexOf('interruption.started'));
    return types.slice(0, types.indexOf(type));
  }

  it('pauses the model during a backchannel, and goes on', async () => {
    const client = await listenToLongAnswer();
    speech.planTranscription = () => ({ delayMs: 400 });
    speech.transcripts.push('Yeah, okay.');
    hear(client, tone(700), silence(520));
    await client.waitFor('interruption.false');
    speech.planTranscription = () => ({});
    expect(typesUntil(client, 'interruption.false')).toEqual(['interruption.started']);
    const from = client.events.findIndex(({ type }) => type === 'interruption.false');
    await client.waitFor(({ data }) => data.delta === 'end.', from);
    client.send('interrupt');
    expect((await client.waitFor('turn.ended')).data).toMatchObject({ generated_text: LONG });
    await client.close();
  });

  it('stops the model with an interruption', async () => {
    const client = await listenToLongAnswer();
    speech.transcripts.push('No, stop.');
    hear(client, tone(1_000), silence(520));
    const { data } = await client.waitFor('turn.ended');
    expect(data.reason).toBe('interrupted');
    expect(typesUntil(client, 'turn.ended')).not.toContain('ai.text');
    expect(data.generated_text.length).toBeLessThan(LONG.length / 2);
    await client.close();
  });

  it('ends with the quota', async () => {
    speech.msPerCharacter = 60;
    const client = await talk();
    ai.app.clock.advance(40);
    await client.waitFor('quota.warning');
    hear(client, tone(400), silence(520));
    await waitForAudio(client);
    ai.app.clock.advance(36);
    const { data } = await client.waitFor('turn.ended');
    expect(data).toMatchObject({ reason: 'interrupted' });
    const frames = client.audio.length;
    expect((await client.closed).code).toBe(4429);
    expect(client.types()).toContain('quota.exceeded');
    expect(client.audio).toHaveLength(frames);
  });

  it('that is no audio is refused, and text still works', async () => {
    const client = await talk();
    client.socket.send(Buffer.from('OggS, but not a page'));
    expect((await client.waitFor('error')).data).toMatchObject({ code: 'audio_invalid' });
    client.send('text.input', { text: 'Hello?' });
    expect((await client.waitFor('turn.ended')).data).toMatchObject({ heard_text: ANSWER });
    await client.close();
  });
});
