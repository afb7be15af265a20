import { parseConfig } from '@/platform/config/index.js';
import type { Log } from '@/platform/logging/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { FakeSpeechServer } from '@test/support/live/fake-speech-server.js';
import { RecordingChannel, ScriptedConversation } from '@test/support/live/scripted-conversation.js';
import { framesOf, silence, tone } from '@test/support/live/tones.js';
import { OpenAiSpeechToSpeech } from '../providers/openai-speech-to-speech.js';
import { SpeechStream } from '../stream/speech-stream.js';
import { RealtimeEngine } from './realtime-engine.js';

const log = { warn: () => undefined, info: () => undefined, error: () => undefined } as unknown as Log;

describe('speech by a model that speaks', () => {
  let fake: FakeSpeechServer;
  let channel: RecordingChannel;
  let conversation: ScriptedConversation;
  let stream: SpeechStream;
  let clock: TestClock;

  beforeEach(async () => {
    fake = await FakeSpeechServer.start();
    fake.msPerCharacter = 3;
    clock = new TestClock();
    const environment = { ...fake.environment('realtime'), AI_STALL_TIMEOUT_MS: '200' };
    const config = parseConfig({ ...environment, AI_PROVIDER_TIMEOUT_MS: '1000' });
    channel = new RecordingChannel();
    conversation = new ScriptedConversation(channel);
    const ports = { speechToSpeech: new OpenAiSpeechToSpeech(config), clock, log };
    const engine = new RealtimeEngine(channel, ports, { instructions: 'Be kind.' });
    stream = new SpeechStream({ channel, conversation, engine, clock, log });
    conversation.stream = stream;
  });
  afterEach(async () => {
    stream.close();
    await fake.stop();
  });

  const hear = (...parts: Buffer[]): void => {
    for (const frame of framesOf(Buffer.concat(parts))) void stream.receiveAudio(frame);
  };
  const say = (ms = 400): void => hear(tone(ms), silence(520));
  const ended = (count = 1) => channel.waitFor((it) => it.ofType('turn.ended').length === count);

  it('hears and answers an utterance', async () => {
    say();
    await ended();
    const [connection] = fake.connections;
    expect(connection?.ofType('session.update')).toMatchObject([
      { session: { instructions: 'Be kind.', audio: { input: { turn_detection: null } } } },
    ]);
    expect(conversation.utterances).toMatchObject([{ text: 'Hello there.' }]);
    expect(channel.ofType('turn.ended')).toMatchObject([
      { reason: 'completed', heard_text: fake.answer, generated_text: fake.answer },
    ]);
    expect(channel.audioMs).toBe(3 * fake.answer.length);
    expect([...fake.keys]).toEqual(['Bearer sk-speech']);
  });

  it('speaks with servers of the older protocol', async () => {
    fake.isBeta = true;
    say();
    await ended();
    expect(channel.ofType('turn.ended')).toMatchObject([{ reason: 'completed', heard_text: fake.answer }]);
  });

  it('answers a text', async () => {
    const now = new Date();
    conversation.answer({ text: 'What is a cat?', startedAt: now, endedAt: now });
    await ended();
    expect(fake.connections[0]?.ofType('conversation.item.create')).toMatchObject([
      { item: { role: 'user', content: [{ text: 'What is a cat?' }] } },
    ]);
    expect(channel.ofType('turn.ended')).toMatchObject([{ reason: 'completed' }]);
  });

  it('stops an answer, of which the model keeps what was played', async () => {
    fake.msPerCharacter = 100;
    say();
    await channel.waitFor(({ audio }) => audio.length > 2);
    stream.recordPlayback('turn-1', 450);
    fake.transcripts.push('Wait, I have a question.');
    fake.planAnswer = () => ({ hangs: true });
    hear(tone(200));
    const frames = channel.audio.length;
    hear(tone(900), silence(520));
    await channel.waitFor((it) => it.ofType('turn.started').length === 2);
    expect(channel.audio).toHaveLength(frames);
    const [{ heard_text: heard } = {}] = channel.ofType('turn.ended');
    expect(heard).toBe('I am');
    const [truncation] = fake.connections[0]?.ofType('conversation.item.truncate') ?? [];
    expect(truncation).toMatchObject({ item_id: 'item_response_1', content_index: 0 });
    expect(truncation?.audio_end_ms).toBeGreaterThanOrEqual(450);
    expect(truncation?.audio_end_ms).toBeLessThan(700);
  });

  it('forgets a backchannel', async () => {
    fake.msPerCharacter = 20;
    say();
    await channel.waitFor(({ audio }) => audio.length > 0);
    fake.transcripts.push('mm-hm');
    hear(tone(300), silence(520));
    await ended();
    expect(channel.ofType('interruption.false')).toHaveLength(1);
    expect(channel.ofType('turn.ended')).toMatchObject([{ reason: 'completed', heard_text: fake.answer }]);
    expect(fake.connections[0]?.ofType('conversation.item.delete')).toMatchObject([{ item_id: 'item_2' }]);
    expect(fake.connections[0]?.ofType('response.create')).toHaveLength(1);
  });

  it('moves to a new connection before the limit of the provider, with what was said', async () => {
    say();
    await ended();
    clock.advance(25 * 60);
    hear(silence(20));
    await channel.waitFor((it) => it.ofType('speech.handover').length === 1);
    expect(channel.ofType('speech.handover')).toEqual([{ reason: 'planned', gap_ms: 0 }]);
    say();
    await ended(2);
    const [first, second] = fake.connections;
    expect(first?.ofType('response.create')).toHaveLength(1);
    expect(second?.ofType('response.create')).toHaveLength(1);
    expect(second?.ofType('conversation.item.create')).toMatchObject([
      { item: { role: 'user', content: [{ type: 'input_text', text: 'Hello there.' }] } },
      { item: { role: 'assistant', content: [{ type: 'output_text', text: fake.answer }] } },
    ]);
  });

  it.each([
    ['is cut', { cutAfterMs: 100 }],
    ['stalls', { stallsAfterMs: 100 }],
    ['never comes', { hangs: true }],
  ])('recovers when an answer %s', async (_, plan) => {
    fake.msPerCharacter = 10;
    fake.planAnswer = () => plan;
    say();
    await ended();
    fake.planAnswer = () => ({});
    fake.msPerCharacter = 1;
    expect(channel.ofType('turn.ended')).toMatchObject([{ reason: 'failed' }]);
    say();
    await ended(2);
    expect(channel.ofType('turn.ended')[1]).toMatchObject({ reason: 'completed', heard_text: fake.answer });
    expect(channel.ofType('speech.handover')).toEqual([{ reason: 'lost', gap_ms: expect.any(Number) }]);
  });

  it('answers when the words of the user are not known', async () => {
    fake.planTranscription = () => ({ status: 500 });
    say();
    await ended();
    expect(conversation.utterances).toMatchObject([{ text: '…' }]);
    expect(channel.ofType('turn.ended')).toMatchObject([{ reason: 'completed' }]);
  });

  it('reports a provider that cannot be reached', async () => {
    await fake.stop();
    say();
    await channel.waitFor((it) => it.ofType('error').length === 1);
    expect(channel.ofType('error')).toMatchObject([{ code: 'speech_failed' }]);
    fake = await FakeSpeechServer.start();
  });
});
