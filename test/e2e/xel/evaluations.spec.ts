import { GrammarChecker } from '@/modules/xel/evaluation/grammar/grammar-checker.js';
import { TestApp } from '@test/support/app/test-app.js';
import { callWithApiKey, givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenMember,
  givenOwnerWithId,
  givenUserWithId,
  inParallel,
  type OwnerWithId,
  storedAuditEvents,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const URL = '/api/xel/evaluations';
const PROMPT = 'Write about your last holiday: where you went and what you did.';
const TEXT =
  'Last summer I went to Spain with my friends. We stayed in a small hotel near the beach. Every day we swam and ate fish. The people was friendly, ' +
  'and I am agree with them that the sea is beautiful. We visited an old castle and I bought presents for my sister.';
const WRITING = 'a1-introductions-write-about-you';

describe('evaluations', () => {
  let app: TestApp;
  let ada: UserWithId;
  let owner: OwnerWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    owner = await givenOwnerWithId(app);
    ada = await givenUserWithId(app);
    const checker = app.nest.get(GrammarChecker, { strict: false });
    await checker.check('test', { text: TEXT, dialect: 'british', words: [] }); // takes seconds to load
  });
  afterAll(() => app.stop());

  const evaluate = (
    body: object,
    { accessToken: token }: Pick<UserWithId, 'accessToken'> = ada,
    headers = {},
  ) => app.post('/api/xel/evaluate', body, { token, headers });
  const evaluated = async (body: object = {}, user = ada) =>
    (await expectStatus(200, evaluate({ skill: 'writing', text: TEXT, prompt: PROMPT, ...body }, user))).body;

  it('judges a text with evidence, corrections, a level and an interval', async () => {
    const result = await evaluated();
    expect(result).toMatchObject({
      status: 'done',
      skill: 'writing',
      text: TEXT,
      prompt: PROMPT,
      interval_basis: 'uncalibrated',
      evaluator: { kind: 'deterministic', rubric_version: '1', model: null },
      feedback_language: 'en',
      comparison: null,
      review: null,
      reason: null,
    });
    expect(result.interval[0]).toBeLessThanOrEqual(result.overall_score);
    expect(result.interval[1]).toBeGreaterThanOrEqual(result.overall_score);
    expect(
      result.corrections.map(({ original, suggestion }: Record<string, string>) => [original, suggestion]),
    ).toEqual([
      ['was', 'were'],
      ['am agree', 'agree'],
    ]);
    for (const { original, start, end } of result.corrections) expect(TEXT.slice(start, end)).toBe(original);
    expect((await app.get(`${URL}/${result.id}`, { token: ada.accessToken })).body).toEqual(result);
    expect((await app.get(URL, { token: ada.accessToken })).body[0]).toMatchObject({
      id: result.id,
      overall_score: result.overall_score,
    });
  });

  it('says which errors of an earlier text were fixed, remain and are new', async () => {
    const earlier = await evaluated();
    const text = `${TEXT.replace('I am agree', 'I agree')} I look forward to go there again.`;
    const { comparison } = await evaluated({ text, previous_evaluation_id: earlier.id });
    const originals = (errors: { original: string }[]) => errors.map(({ original }) => original);
    expect(originals(comparison.fixed)).toEqual(['am agree']);
    expect(originals(comparison.remaining)).toEqual(['was']);
    expect(originals(comparison.new)).toEqual(['go']);
  });

  it.each([
    [{ skill: 'speaking' }, 400, 'transcript'],
    [{ skill: 'writing' }, 400, 'text'],
    [{ skill: 'writing', text: TEXT, transcript: TEXT }, 400, 'transcript'],
    [{ skill: 'writing', text: TEXT, language: 'de' }, 400, 'language'],
    [{ skill: 'writing', text: TEXT, feedback_language: 'no tag' }, 400, 'feedback_language'],
    [{ skill: 'speaking', transcript: TEXT, words: [{ word: 'a', start: 2, end: 1 }] }, 400, 'words.0'],
    [{ skill: 'writing', text: TEXT, words: [] }, 400, 'words'],
    [{ skill: 'writing', text: TEXT, task_id: WRITING, prompt: PROMPT }, 400, 'prompt'],
    [{ skill: 'speaking', transcript: TEXT, task_id: WRITING }, 400, 'task_id'],
  ])('refuses %j', async (body, status, field) => {
    const response = await evaluate(body);
    expect([response.status, JSON.stringify(response.body)]).toEqual([
      status,
      expect.stringContaining(`"${field}"`),
    ]);
  });

  it('refuses to compare what cannot be compared', async () => {
    const other = await evaluated({ prompt: 'Describe your home town.' });
    const foreign = await evaluated({}, await givenUserWithId(app));
    const compare = (id: string) =>
      evaluate({ skill: 'writing', text: TEXT, prompt: PROMPT, previous_evaluation_id: id });
    expect(statusAndCode(await compare(other.id))).toEqual([409, 'evaluation_not_comparable']);
    expect(statusAndCode(await compare(foreign.id))).toEqual([404, 'evaluation_not_found']);
  });

  it('says when it cannot judge, and in the language of the profile', async () => {
    const user = await givenUserWithId(app);
    await expectStatus(200, app.patch('/api/auth/me', { language: 'de' }, { token: user.accessToken }));
    expect(await evaluated({ text: 'I like it.' }, user)).toMatchObject({
      status: 'could_not_evaluate',
      reason: 'too_short',
      overall_score: null,
      interval: null,
      feedback_language: 'de',
      feedback: expect.stringContaining('zu kurz'),
    });
  });

  it('keeps the evaluations of keys and users apart', async () => {
    const key = await givenApiKey(app, {
      organizationId: owner.organizationId,
      by: owner,
      scopes: ['xel:read', 'xel:write'],
    });
    const own = await evaluated({}, owner);
    const body = { skill: 'writing', text: TEXT, prompt: PROMPT };
    const made = await expectStatus(200, callWithApiKey(app, key, 'POST /api/xel/evaluate', body));
    const listed = await expectStatus(200, callWithApiKey(app, key, `GET ${URL}`));
    expect(listed.body.map(({ id }: { id: string }) => id)).toEqual([made.body.id]);
    expect((await callWithApiKey(app, key, `GET ${URL}/${own.id}`)).status).toBe(404);
    expect((await app.get(`${URL}/${own.id}`, { token: ada.accessToken })).status).toBe(404);
  });

  it('takes what the learner said in a transcript that the server kept', async () => {
    const said = (text: string, role = 'user', second = 1) => ({
      role,
      text,
      timestamp: `2026-04-16T10:00:0${second}Z`,
    });
    const saved = await expectStatus(
      201,
      app.post(
        '/api/live/transcripts',
        {
          session_started_at: '2026-04-16T10:00:00Z',
          session_ended_at: '2026-04-16T10:05:00Z',
          transcripts: [
            said(TEXT),
            said('I am the AI. He go home.', 'ai', 2),
            said('It was fun.', 'user', 3),
          ],
        },
        { token: ada.accessToken },
      ),
    );
    const body = { skill: 'speaking', transcript_id: saved.body.id, prompt: PROMPT };
    expect(statusAndCode(await evaluate(body))).toEqual([409, 'live_transcript_not_kept_by_server']);
    await app.sql(`UPDATE live_transcripts SET origin = 'server' WHERE id = '${saved.body.id}'`);
    const result = (await expectStatus(200, evaluate(body))).body;
    expect(result).toMatchObject({ skill: 'speaking', text: `${TEXT}\nIt was fun.` });
    const foreign = await evaluate(body, await givenUserWithId(app));
    expect(statusAndCode(foreign)).toEqual([404, 'live_transcript_not_found']);
    expect((await evaluate({ ...body, transcript: TEXT })).status).toBe(400);
    const key = await givenApiKey(app, {
      organizationId: owner.organizationId,
      by: owner,
      scopes: ['xel:write'],
    });
    const withoutScope = await callWithApiKey(app, key, 'POST /api/xel/evaluate', body);
    expect(statusAndCode(withoutScope)[0]).toBe(403);
  });

  it('runs once for parallel requests with one key', async () => {
    const user = await givenUserWithId(app);
    const body = { skill: 'writing', text: TEXT, prompt: PROMPT };
    const responses = await inParallel(6, () => evaluate(body, user, { 'Idempotency-Key': 'once' }));
    const ids = responses.filter(({ status }) => status === 202).map(({ body: { id } }) => id as string);
    expect(new Set(ids).size).toBe(1);
    expect(await evaluate(body, user, { 'Idempotency-Key': 'once' })).toMatchObject({
      status: 202,
      body: { id: ids[0] },
    });
    expect((await app.get(URL, { token: user.accessToken })).body).toHaveLength(1);
  });

  it('deletes an evaluation once', async () => {
    const { id } = await evaluated();
    await expectStatus(204, app.delete(`${URL}/${id}`, { token: ada.accessToken }));
    expect(statusAndCode(await app.delete(`${URL}/${id}`, { token: ada.accessToken }))).toEqual([
      404,
      'evaluation_not_found',
    ]);
  });

  it('counts the evaluation of a submitted task once, and a refused one not at all', async () => {
    const user = await givenUserWithId(app);
    const submit = (response: string) =>
      app.post(`/api/xel/tasks/${WRITING}/submit`, { response }, { token: user.accessToken });
    const refused = await expectStatus(200, submit('Hello there.'));
    expect(refused.body).toMatchObject({ scored: false, tries_left: 3, evaluation_id: expect.any(String) });
    const text = `My name is Ada and I am from London. I am 20 years old and I am a student. ${TEXT}`;
    const { body } = await expectStatus(200, submit(text));
    expect(body).toMatchObject({
      scored: true,
      evaluation_id: expect.any(String),
      tries_left: expect.any(Number),
    });
    const attempts = await app.sql(
      `SELECT score FROM xel_attempts WHERE evaluation_id = '${body.evaluation_id}'`,
    );
    expect(attempts).toEqual([{ score: body.score }]);
  });

  describe('reviewed by a person', () => {
    let learner: UserWithId;

    beforeEach(async () => {
      learner = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    });

    const ask = (id: string, organizationId = owner.organizationId, user = learner) =>
      app.post(
        `${URL}/${id}/review-request`,
        { organization_id: organizationId, reason: 'Look again.' },
        { token: user.accessToken },
      );
    const decide = (id: string, user: Pick<UserWithId, 'accessToken'> = owner, score = 80) =>
      app.patch(
        `${URL}/${id}`,
        { overall_score: score, reason: 'Names are no errors.' },
        { token: user.accessToken },
      );
    const requests = async (user: Pick<UserWithId, 'accessToken'> = owner) =>
      (
        await app.get(`/api/organizations/${owner.organizationId}/review-requests`, {
          token: user.accessToken,
        })
      ).body;

    it('opens one evaluation until it is decided, and keeps both scores', async () => {
      const made = await evaluated({}, learner);
      expect(statusAndCode(await decide(made.id))).toEqual([404, 'review_request_not_found']);
      await expectStatus(201, ask(made.id));
      await expectStatus(201, ask(made.id));
      const [request, ...others] = await requests();
      expect([request.evaluation_id, others]).toEqual([made.id, []]);
      const path = `/api/organizations/${owner.organizationId}/review-requests/${request.id}`;
      expect((await expectStatus(200, app.get(path, { token: owner.accessToken }))).body.text).toBe(TEXT);
      const decisions = await inParallel(4, () => decide(made.id));
      expect(decisions.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
      expect((await app.get(path, { token: owner.accessToken })).status).toBe(404);
      const { body } = await app.get(`${URL}/${made.id}`, { token: learner.accessToken });
      expect(body).toMatchObject({
        overall_score: 80,
        review: {
          status: 'decided',
          overall_score: 80,
          original_score: made.overall_score,
          role: 'owner',
          reason: 'Names are no errors.',
        },
      });
      const events = await storedAuditEvents(app, owner.organizationId);
      const actions = events.map(({ action }) => action);
      expect(actions).toEqual(expect.arrayContaining(['evaluation.opened', 'evaluation.overridden']));
    });

    it('is closed to members, to other organizations, to keys, and to oneself', async () => {
      const made = await evaluated({}, learner);
      await expectStatus(201, ask(made.id));
      const member = await givenMember(app, { organizationId: owner.organizationId, by: owner });
      const stranger = await givenOwnerWithId(app);
      for (const user of [learner, member, stranger]) expect((await decide(made.id, user)).status).toBe(404);
      expect(statusAndCode(await ask(made.id, stranger.organizationId))).toEqual([
        404,
        'organization_not_found',
      ]);
      const own = await evaluated({}, owner);
      await expectStatus(201, ask(own.id, owner.organizationId, owner));
      expect((await decide(own.id)).status).toBe(404);
    });
  });
});
