import { parseConfig } from '@/platform/config/index.js';
import type { Log } from '@/platform/logging/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { FakeSpeechServer } from '@test/support/live/fake-speech-server.js';
import { RecordingChannel, ScriptedConversation } from '@test/support/live/scripted-conversation.js';
import { framesOf, silence, tone } from '@test/support/live/tones.js';
import { CascadeEngine } from '../cascade/cascade-engine.js';
import { OpenAiSpeechToText } from '../providers/openai-speech-to-text.js';
import { OpenAiTextToSpeech } from '../providers/openai-text-to-speech.js';
import { SpeechStream } from './speech-stream.js';

const log = { warn: () => undefined, info: () => undefined, error: () => undefined } as unknown as Log;
const LONG = 'This is a long sentence that takes a while to say. And here is another one that follows it.';

describe('speech in three steps', () => {
  let fake: FakeSpeechServer;
  let channel: RecordingChannel;
  let conversation: ScriptedConversation;
  let stream: SpeechStream;
  let closeProviders: () => Promise<void>;
  const clock = new TestClock();

  beforeEach(async () => {
    fake = await FakeSpeechServer.start();
    open();
  });
  afterEach(async () => {
    stream.close();
    await closeProviders();
    await fake.stop();
  });

  function open(answers?: string[], session: ConstructorParameters<typeof RecordingChannel>[0] = {}): void {
    const config = parseConfig({ ...fake.environment('cascade'), AI_STALL_TIMEOUT_MS: '200' });
    const speechToText = new OpenAiSpeechToText(config, clock);
    const textToSpeech = new OpenAiTextToSpeech(config, clock);
    channel = new RecordingChannel(session);
    conversation = new ScriptedConversation(channel, answers);
    const engine = new CascadeEngine(channel, { speechToText, textToSpeech, log });
    stream = new SpeechStream({ channel, conversation, engine, clock, log });
    conversation.stream = stream;
    closeProviders = async () => {
      await speechToText.onApplicationShutdown();
      await textToSpeech.onApplicationShutdown();
    };
  }

  const hear = (...parts: Buffer[]): void => {
    for (const frame of framesOf(Buffer.concat(parts))) void stream.receiveAudio(frame);
  };
  const say = (ms = 400): void => hear(tone(ms), silence(520));
  const ended = (count = 1) => channel.waitFor((it) => it.ofType('turn.ended').length === count);

  it('turns speech into text, and the answer into speech', async () => {
    fake.msPerCharacter = 2;
    say();
    await ended();
    expect(fake.transcriptions).toEqual([
      { model: 'ears-1', language: 'en', isStream: true, bytes: 44 + 48 * (400 + 200) },
    ]);
    expect(fake.spoken).toEqual(['Nice to meet you.', 'What shall we talk about?']);
    expect([...fake.keys]).toEqual(['Bearer sk-speech']);
    expect(channel.ofType('transcript.partial').map(({ text }) => text)).toEqual(['Hello', 'Hello there.']);
    expect(conversation.utterances).toMatchObject([{ text: 'Hello there.' }]);
    const { speechToTextMs, startedAt, endedAt } = conversation.utterances[0] ?? {};
    expect(speechToTextMs).toBeGreaterThanOrEqual(500);
    expect((endedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)).toBe(400);
    expect(Buffer.concat(channel.audio)).toHaveLength(
      48 * 2 * 'Nice to meet you.What shall we talk about?'.length,
    );
    const generated = 'Nice to meet you. What shall we talk about?';
    expect(channel.ofType('turn.ended')).toMatchObject([
      { reason: 'completed', heard_text: generated, generated_text: generated },
    ]);
  });

  it('sends no audio after an interruption, and tells what was heard', async () => {
    open([LONG]);
    fake.msPerCharacter = 40;
    say();
    await channel.waitFor(({ audio }) => audio.length > 3);
    stream.recordPlayback('turn-1', 500);
    hear(tone(200));
    const frames = channel.audio.length;
    expect(channel.ofType('interruption.started')).toEqual([{ turn_id: 'turn-1' }]);
    fake.transcripts.push('No, tell me about cats.');
    hear(tone(1000), silence(520));
    await channel.waitFor((it) => it.ofType('turn.started').length === 2);
    expect(channel.audio).toHaveLength(frames);
    const [{ reason, heard_text: heard } = {}] = channel.ofType('turn.ended');
    expect(reason).toBe('interrupted');
    expect(LONG.startsWith(heard as string)).toBe(true);
    expect(heard).toMatch(/^This is( a)?$/);
    expect(conversation.utterances.at(-1)?.text).toBe('No, tell me about cats.');
    await ended(2);
  });

  it('goes on after a backchannel', async () => {
    open([LONG]);
    fake.msPerCharacter = 6;
    say();
    await channel.waitFor(({ audio }) => audio.length > 0);
    fake.transcripts.push('Mm-hm.');
    hear(tone(300), silence(520));
    await ended();
    const types = channel.events.map(({ type }) => type).filter((type) => type.startsWith('interruption'));
    expect(types).toEqual(['interruption.started', 'interruption.false']);
    expect(channel.ofType('turn.ended')).toMatchObject([{ reason: 'completed', heard_text: LONG }]);
    expect(conversation.utterances).toHaveLength(1);
  });

  it('goes on after words that only say that the user listens', async () => {
    open([LONG]);
    fake.msPerCharacter = 6;
    say();
    await channel.waitFor(({ audio }) => audio.length > 0);
    fake.transcripts.push('Yeah, okay.');
    hear(tone(700), silence(520));
    await ended();
    expect(channel.ofType('interruption.false')).toHaveLength(1);
    expect(channel.ofType('turn.ended')).toMatchObject([{ reason: 'completed' }]);
  });

  it('stops for a short word that asks for it', async () => {
    open([LONG]);
    fake.msPerCharacter = 40;
    say();
    await channel.waitFor(({ audio }) => audio.length > 0);
    fake.transcripts.push('Stop!');
    hear(tone(300), silence(520));
    await ended();
    expect(channel.ofType('turn.ended')).toMatchObject([{ reason: 'interrupted' }]);
  });

  it.each([
    ['cuts its audio', { cutAfterMs: 100 }],
    ['falls silent', { stallsAfterMs: 100 }],
    ['refuses the key', { status: 401 }],
  ])('goes on as text when the voice %s', async (_, plan) => {
    fake.msPerCharacter = 10;
    fake.planSpeech = (text) => (text.startsWith('What') ? plan : {});
    say();
    await ended();
    expect(channel.ofType('error')).toEqual([
      { code: 'speech_failed', message: expect.not.stringContaining('sk-') },
    ]);
    const [end] = channel.ofType('turn.ended');
    expect(end).toMatchObject({ reason: 'completed' });
    expect(end?.heard_text).not.toBe(end?.generated_text);
    expect(String(end?.generated_text).startsWith(String(end?.heard_text))).toBe(true);
  });

  it('reports a transcription that fails, and hears the next one', async () => {
    fake.planTranscription = () => ({ status: 500 });
    say();
    await channel.waitFor((it) => it.ofType('error').length === 1);
    fake.planTranscription = () => ({});
    say();
    await ended();
    expect(conversation.utterances).toHaveLength(1);
  });

  it('works with servers that stream no transcripts, and with ones that send WAV files', async () => {
    fake.acceptsStreams = false;
    fake.msPerCharacter = 1;
    fake.planSpeech = () => ({ wav: true });
    say();
    await ended();
    say();
    await ended(2);
    expect(fake.transcriptions.map(({ isStream }) => isStream)).toEqual([true, false, false]);
    expect(channel.audioMs).toBe('Nice to meet you.What shall we talk about?OK.'.length);
  });

  it('refuses bytes that are no audio, once, and audio that arrives too fast', async () => {
    await stream.receiveAudio(Buffer.from('OggS and then something else that is no page of Ogg at all'));
    await stream.receiveAudio(Buffer.from('more'));
    const invalid = { code: 'audio_invalid' };
    expect(channel.ofType('error')).toMatchObject([invalid]);
    open();
    for (let second = 0; second < 40; second += 1) await stream.receiveAudio(silence(1000));
    expect(channel.ofType('error')).toMatchObject([invalid]);
  });

  it('moves the mouth of an avatar', async () => {
    open(undefined, { sessionType: 'avatar' });
    fake.msPerCharacter = 1;
    say();
    await ended();
    expect(channel.ofType('avatar.state').map(({ state }) => state)).toEqual([
      ...['listening', 'thinking', 'speaking'],
    ]);
    const parts = channel
      .ofType('avatar.visemes')
      .map(({ part, final, estimated }) => [part, final, estimated]);
    expect(parts).toEqual([
      [0, false, true],
      [0, true, true],
      [1, false, true],
      [1, true, true],
    ]);
  });
});
