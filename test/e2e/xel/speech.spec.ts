import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toWav } from '@/modules/live/speech/audio/pcm.js';
import { GrammarChecker } from '@/modules/xel/evaluation/grammar/grammar-checker.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { FakeSpeechServer } from '@test/support/live/fake-speech-server.js';
import { tone } from '@test/support/live/tones.js';
import {
  givenUserWithId,
  inParallel,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { submitTask } from '@test/support/xel/course.js';

const LISTENING = 'a1-my-town-listening';
const DICTATION = 'a1-introductions-dictation';
const OTHER_LISTENING = 'a1-daily-routine-morning-listening';
const SPOKEN =
  'Last summer I went to Spain with my friends. We stayed in a small hotel near the beach. Every day we swam and ate fish. The people was friendly.';
const PROMPT = 'Talk about your last holiday: where you went and what you did.';

describe('speech in the English course', () => {
  let speech: FakeSpeechServer;
  let app: TestApp;
  let user: UserWithId;

  beforeAll(async () => {
    speech = await FakeSpeechServer.start();
    speech.defaultTranscript = SPOKEN;
    app = await TestApp.start({ env: { ...speech.environment('cascade'), AI_PROVIDER_TIMEOUT_MS: '4000' } });
    user = await givenUserWithId(app);
    const checker = app.nest.get(GrammarChecker, { strict: false });
    await checker.check('test', { text: SPOKEN, dialect: 'british', words: [] }); // takes seconds to load
  });
  afterAll(async () => {
    await app.stop();
    await speech.stop();
  });
  beforeEach(() => {
    speech.planSpeech = () => ({});
    speech.planTranscription = () => ({});
    speech.knowsWords = true;
    speech.spoken.length = 0;
    speech.transcriptions.length = 0;
  });

  describe('the audio of a task', () => {
    let sibling: TestApp;

    beforeAll(async () => {
      sibling = await TestApp.start({ siblingOf: app, env: speech.environment('cascade') });
    });
    afterAll(() => sibling.stop());

    const audio = (taskId: string, at = app) =>
      at.nest.inject({
        method: 'GET',
        url: `/api/xel/tasks/${taskId}/audio`,
        headers: { authorization: `Bearer ${user.accessToken}` },
      });

    it('is made once, whatever asks for it on whichever node', async () => {
      speech.planSpeech = () => ({ delayMs: 300 });
      const answers = await inParallel(8, (index) => audio(LISTENING, index % 2 === 0 ? app : sibling));
      expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
      expect(speech.spoken).toEqual([expect.stringContaining('swimming pool')]);
      const expected = toWav(speech.audioOf(speech.spoken[0] ?? ''));
      for (const { rawPayload, headers } of answers) {
        expect(rawPayload.equals(expected)).toBe(true);
        expect(headers).toMatchObject({
          'content-type': 'audio/wav',
          'content-length': String(expected.length),
        });
      }
      expect((await audio(LISTENING)).rawPayload.length).toBe(expected.length);
      expect(speech.spoken).toHaveLength(1);
    });

    it.each([
      [{ status: 500 }, 502, 'provider_failed'],
      [{ cutAfterMs: 20 }, 502, 'provider_failed'],
      [{ hangs: true }, 504, 'provider_timeout'],
      [{ status: 429 }, 503, 'ai_unavailable'],
    ])('is not stored by halves when the provider answers %j', async (plan, status, code) => {
      speech.planSpeech = () => plan;
      const failed = await audio(OTHER_LISTENING);
      expect([failed.statusCode, failed.json().code]).toEqual([status, code]);
      expect(failed.body).not.toContain('sk-speech');
      expect(await app.sql('SELECT key FROM xel_speech_clips WHERE audio IS NULL')).toEqual([]);
    });

    it('is made again when the process that was making it died', async () => {
      await app.sql(`UPDATE xel_speech_clips SET audio = NULL, leased_until = now() - interval '1 second'`);
      const answers = await inParallel(3, () => audio(LISTENING));
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
      expect(speech.spoken).toHaveLength(1);
    });

    it('opens dictations, whose text stays hidden', async () => {
      const call = { token: user.accessToken };
      const read = async () =>
        (await app.get('/api/xel/modules/a1-introductions', call)).body.tasks.find(
          ({ id }: { id: string }) => id === DICTATION,
        );
      expect(await read()).toMatchObject({ available: true, text: null });
      expect((await audio(DICTATION)).headers['content-type']).toBe('audio/wav');
      const asText = await app.get(`/api/xel/tasks/${DICTATION}/audio?as=text`, call);
      expect([asText.status, asText.body.detail.fields[0].path]).toEqual([400, 'as']);
      const { body } = await expectStatus(200, submitTask(app, user, DICTATION));
      expect(body).toMatchObject({ score: 100, assisted: false });
      expect(body.xp_awarded).toBeGreaterThan(0);
    });

    it('pays XP for a listening task, but none after its text was read', async () => {
      const heard = await expectStatus(200, submitTask(app, user, OTHER_LISTENING));
      expect(heard.body.xp_awarded).toBeGreaterThan(0);
      const reader = await givenUserWithId(app); // no quest is completed by one task
      const call = { token: reader.accessToken };
      const { body } = await expectStatus(200, app.get(`/api/xel/tasks/${LISTENING}/audio?as=text`, call));
      expect(body.assisted).toBe(true);
      const read = await expectStatus(200, submitTask(app, reader, LISTENING));
      expect(read.body).toMatchObject({ assisted: true, xp_awarded: 0 });
    });
  });

  describe('an evaluated recording', () => {
    const WAV = toWav(tone(2_000));
    const form = (content: Buffer, fields: Record<string, string> = {}) => {
      const multipart = new FormData();
      multipart.append('file', new Blob([new Uint8Array(content)], { type: 'audio/wav' }), 'talk.wav');
      for (const [name, value] of Object.entries({ skill: 'speaking', prompt: PROMPT, ...fields }))
        multipart.append(name, value);
      return multipart;
    };
    const evaluate = (content: Buffer, fields: Record<string, string> = {}, headers = {}) =>
      app.call('POST', '/api/xel/evaluate', {
        multipart: form(content, fields),
        token: user.accessToken,
        headers,
      });
    const scoreOf = (body: { criteria: { name: string; score: number | null }[] }, name: string) =>
      body.criteria.find((criterion) => criterion.name === name)?.score;

    it('is judged by what was said, with the pace of the words, and without a made-up pronunciation', async () => {
      const { body } = await expectStatus(200, evaluate(WAV));
      expect(body).toMatchObject({ status: 'done', skill: 'speaking', text: SPOKEN, prompt: PROMPT });
      expect(scoreOf(body, 'fluency')).toBeGreaterThan(0);
      const slow = { ...body };
      speech.secondsPerWord = 3;
      const slower = (await expectStatus(200, evaluate(WAV))).body;
      speech.secondsPerWord = 0.4;
      expect(scoreOf(slower, 'fluency')).toBeLessThan(scoreOf(slow, 'fluency') ?? 0);
      const pronunciation = body.criteria.find(({ name }: { name: string }) => name === 'pronunciation');
      expect(pronunciation).toMatchObject({ score: null, comment: expect.stringContaining('Not judged') });
      expect(speech.transcriptions[0]).toMatchObject({ model: 'ears-1', language: 'en', bytes: WAV.length });
    });

    it('has no fluency when the provider has no times of words', async () => {
      speech.knowsWords = false;
      expect(scoreOf((await expectStatus(200, evaluate(WAV))).body, 'fluency')).toBeNull();
    });

    it.each(['tone.webm', 'tone.ogg'])('can be %s', async (name) => {
      const file = readFileSync(join(__dirname, '../../fixtures', name));
      await expectStatus(200, evaluate(file));
      expect(Math.abs(((speech.transcriptions[0]?.bytes ?? 0) - 44) / 48 - 1_813)).toBeLessThan(30);
    });

    it('can have another rate, two channels and a streamed header', async () => {
      const stereo = Buffer.alloc(44 + 44_100 * 4);
      WAV.copy(stereo, 0, 0, 44);
      stereo.writeUInt16LE(2, 22);
      stereo.writeUInt32LE(44_100, 24);
      stereo.writeUInt32LE(0xffffffff, 40);
      await expectStatus(200, evaluate(stereo));
      expect(speech.transcriptions[0]?.bytes).toBe(44 + 24_000 * 2);
    });

    it.each<[string, Buffer]>([
      ['text', Buffer.from('this is no audio at all')],
      ['an empty WAV file', toWav(Buffer.alloc(0))],
      ['a WAV file without its end', WAV.subarray(0, 30)],
      ['a WAV file with 8 bits', Buffer.concat([WAV.subarray(0, 34), Buffer.from([8, 0]), WAV.subarray(36)])],
      ['damaged WebM', Buffer.concat([Buffer.from('1a45dfa3', 'hex'), Buffer.alloc(5_000, 7)])],
      ['too long a WAV file', toWav(Buffer.alloc(301 * 48_000))],
    ])('is refused when it is %s', async (_, content) => {
      const { status, body } = await evaluate(content);
      expect([status, body.detail.fields[0].path]).toEqual([400, 'file']);
      expect(speech.transcriptions).toEqual([]);
    });

    it('is refused for writing, in JSON, with other fields, and without speech', async () => {
      const fieldOf = ({ status, body }: Awaited<ReturnType<typeof evaluate>>) => [
        status,
        body.detail.fields[0].path,
      ];
      expect(fieldOf(await evaluate(WAV, { skill: 'writing' }))).toEqual([400, 'file']);
      expect(fieldOf(await evaluate(WAV, { transcript: SPOKEN }))).toEqual([400, 'transcript']);
      const json = { skill: 'speaking', file: { filename: 'a.wav', size: 1, sha256: '' } };
      expect(fieldOf(await app.post('/api/xel/evaluate', json, { token: user.accessToken }))).toEqual([
        400,
        'file',
      ]);
      expect(speech.transcriptions).toEqual([]);
      speech.transcripts.push('   ');
      expect(fieldOf(await evaluate(WAV))).toEqual([400, 'file']);
    });

    it.each([
      [{ status: 500 }, [502, 'provider_failed']],
      [{ hangs: true }, [504, 'provider_timeout']],
    ])('names the provider when it answers %j', async (plan, expected) => {
      speech.planTranscription = () => plan;
      expect(statusAndCode(await evaluate(WAV))).toEqual(expected);
    });

    it('is transcribed once for requests with one key', async () => {
      const answers = await inParallel(3, () => evaluate(WAV, {}, { 'Idempotency-Key': 'one-talk' }));
      const again = await evaluate(WAV, {}, { 'Idempotency-Key': 'one-talk' });
      expect(again).toMatchObject({ status: 202, headers: { 'idempotent-replayed': 'true' } });
      expect(answers.filter(({ status }) => status === 202).map(({ body }) => body.id)).toContain(
        again.body.id,
      );
      expect(speech.transcriptions).toHaveLength(1);
    });
  });
});
