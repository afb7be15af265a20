import { TestApp } from '@test/support/app/test-app.js';
import { callWithApiKey, givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  inParallel,
  type OwnerWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import {
  COURSE,
  listOfferedTasks,
  MODULES_URL,
  rightResponse,
  submitTask,
} from '@test/support/xel/course.js';

const MODULE = 'a1-introductions';
/** Without open tasks. */
const CLOSED_MODULE = 'a1-at-the-cafe';
const CHOICE = 'a1-introductions-am-is-are';
const GAPS = 'a1-introductions-my-friends';
const LISTENING = 'a1-my-town-listening';
const DICTATION = 'a1-introductions-dictation';
const WRITING = 'a1-introductions-write-about-you';

describe('submissions', () => {
  let app: TestApp;
  let owner: OwnerWithId;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    owner = await givenOwnerWithId(app);
  });
  beforeEach(async () => {
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const readModule = async (id = MODULE, { accessToken: token } = ada) =>
    (await expectStatus(200, app.get(`${MODULES_URL}/${id}`, { token }))).body;
  const readTask = async (id: string) => {
    const { tasks } = await readModule(COURSE.findTask(id)?.moduleId);
    return tasks.find((task: { id: string }) => task.id === id);
  };

  it('scores a right answer, shows the solution, and counts the task as completed', async () => {
    const { body } = await expectStatus(200, submitTask(app, ada, CHOICE));
    expect(body).toMatchObject({
      task_id: CHOICE,
      attempt_id: expect.any(String),
      task_version: COURSE.findTask(CHOICE)?.version,
      score: 100,
      max_score: 100,
      passed: true,
      scored: true,
      assisted: false,
      feedback: 'Correct!',
      progress: {
        module_id: MODULE,
        total_tasks: 6,
        completed_tasks: 1,
        progress_percent: 16,
        status: 'in_progress',
      },
      best_score: 100,
      tries_left: 0,
      solution: { response: 'am', text: 'am', explanation: expect.any(String) },
      evaluation_id: null,
    });
    expect(await readTask(CHOICE)).toMatchObject({ status: 'completed', best_score: 100, tries_left: 0 });
  });

  it('gives three tries with feedback, then shows the solution; later attempts are practice', async () => {
    const tries = [];
    for (const response of ['is', 'nonsense', 'are'])
      tries.push((await expectStatus(200, submitTask(app, ada, CHOICE, response))).body);
    expect(tries.map(({ score, tries_left }) => [score, tries_left])).toEqual([
      [0, 2],
      [0, 1],
      [0, 0],
    ]);
    expect(tries.map(({ feedback }) => feedback)).toEqual([
      'This form goes with he, she and it. Which form goes with I?',
      'This is not one of the options.',
      'This form goes with you, we and they. Which form goes with I?',
    ]);
    expect(tries.map(({ solution }) => solution?.text)).toEqual([undefined, undefined, 'am']);
    const { body } = await expectStatus(200, submitTask(app, ada, CHOICE));
    expect(body).toMatchObject({ score: 100, passed: true, scored: false, best_score: 0, xp_awarded: 0 });
    expect(body.progress.completed_tasks).toBe(1);
    expect(await readTask(CHOICE)).toMatchObject({ status: 'completed', best_score: 0 });
  });

  it('scores parts, and keeps the best score', async () => {
    const [first, ...rest] = rightResponse(GAPS) as string[];
    const half = await expectStatus(200, submitTask(app, ada, GAPS, [first, 'are', '', 'am']));
    expect(half.body).toMatchObject({ score: 25, passed: false, feedback: '1 of 4 gaps is right.' });
    expect(half.body.parts.map(({ correct }: { correct: boolean }) => correct)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(half.body.parts[1].feedback).toBe('She is one person, so you need the singular.');
    const worse = await expectStatus(200, submitTask(app, ada, GAPS, ['', '', '', '']));
    expect(worse.body).toMatchObject({ score: 0, best_score: 25, tries_left: 1 });
    const right = await expectStatus(200, submitTask(app, ada, GAPS, [` ${first?.toUpperCase()} `, ...rest]));
    expect(right.body).toMatchObject({ score: 100, best_score: 100 });
  });

  it.each([
    [CHOICE, [5, ['am'], { id: 'am' }, '', '  ', 'x'.repeat(2001), null, undefined]],
    [
      GAPS,
      [
        'is',
        ['is'],
        [1, 2, 3, 4],
        ['is', 'is', 'are', 'are', 'are'],
        { 0: 'is' },
        ['', '', '', 'x'.repeat(301)],
      ],
    ],
    [DICTATION, [['My'], 7]],
  ])('refuses a response of another shape to %s', async (taskId, responses) => {
    for (const response of responses) {
      const refused = await submitTask(app, ada, taskId, response === undefined ? undefined : response);
      if (response === undefined) continue;
      expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
      expect(refused.body.detail.fields).toEqual([expect.objectContaining({ path: 'response' })]);
    }
  });

  it('refuses a body that names another task or module', async () => {
    const url = `/api/xel/tasks/${CHOICE}/submit`;
    const call = { token: ada.accessToken };
    for (const [field, value] of [
      ['module_id', 'a1-my-town'],
      ['task_id', GAPS],
    ]) {
      const { status, body } = await app.post(url, { response: 'am', [field as string]: value }, call);
      expect([status, body.detail.fields[0].path]).toEqual([400, field]);
    }
    const named = { response: 'am', module_id: MODULE, task_id: CHOICE, time_spent_seconds: 4 };
    await expectStatus(200, app.post(url, named, call));
  });

  it('says honestly what it cannot do without speech', async () => {
    const call = { token: ada.accessToken };
    expect(await readTask(DICTATION)).toMatchObject({ available: false });
    expect(await readTask(WRITING)).toMatchObject({ available: true });
    expect(statusAndCode(await submitTask(app, ada, DICTATION))).toEqual([503, 'task_audio_unavailable']);
    const audio = await app.get(`/api/xel/tasks/${DICTATION}/audio?as=text`, call);
    expect(statusAndCode(audio)).toEqual([503, 'task_audio_unavailable']);
    expect(audio.body.detail.text_available).toBe(false);
    expect(statusAndCode(await app.get(`/api/xel/tasks/${CHOICE}/audio`, call))).toEqual([
      404,
      'task_audio_not_found',
    ]);
    expect(statusAndCode(await app.get(`/api/xel/tasks/${LISTENING}/audio?as=song`, call))).toEqual([
      400,
      'validation_failed',
    ]);
  });

  it('gives the text of a listening task on request, and says so in the score', async () => {
    const audio = `/api/xel/tasks/${LISTENING}/audio`;
    const call = { token: ada.accessToken };
    const without = await app.get(audio, call);
    expect([...statusAndCode(without), without.body.detail.text_available]).toEqual([
      503,
      'task_audio_unavailable',
      true,
    ]);
    expect(await readTask(LISTENING)).toMatchObject({ assisted: false, status: 'not_started' });
    const { body } = await expectStatus(200, app.get(`${audio}?as=text`, call));
    expect(body).toEqual({
      task_id: LISTENING,
      text: expect.stringContaining('swimming pool'),
      assisted: true,
    });
    expect(await readTask(LISTENING)).toMatchObject({ assisted: true, status: 'not_started', tries_left: 3 });
    const submitted = await expectStatus(200, submitTask(app, ada, LISTENING));
    expect(submitted.body).toMatchObject({ score: 100, assisted: true, xp_awarded: 0 });
  });

  it('is completed without the tasks that the server cannot offer', async () => {
    const offered = listOfferedTasks(CLOSED_MODULE);
    for (const id of offered) await expectStatus(200, submitTask(app, ada, id));
    expect(await readModule(CLOSED_MODULE)).toMatchObject({ progress_percent: 100, status: 'completed' });
  });

  it('counts each deed of parallel submissions once', async () => {
    const choice = 'a1-at-the-cafe-polite-order';
    const wrong = await inParallel(8, () => submitTask(app, ada, choice, 'x'));
    const scored = wrong.filter(({ body }) => body.scored);
    expect([wrong.map(({ status }) => status), scored.length]).toEqual([wrong.map(() => 200), 3]);
    expect(scored.map(({ body }) => body.tries_left).sort()).toEqual([0, 1, 2]);
    const tasks = listOfferedTasks(CLOSED_MODULE).filter((id) => id !== choice);
    const right = await Promise.all([...tasks, ...tasks, choice].map((id) => submitTask(app, ada, id)));
    expect(right.map(({ status }) => status)).toEqual(right.map(() => 200));
    expect(right.filter(({ body }) => body.scored)).toHaveLength(tasks.length);
    const completions = await app.sql('SELECT completed_at FROM xel_module_progress WHERE user_id = $1', [
      ada.id,
    ]);
    expect(completions).toEqual([{ completed_at: expect.any(Date) }]);
    expect(await readModule(CLOSED_MODULE)).toMatchObject({ status: 'completed' });
    const events = await app.sql<{ source_id: string }>(
      'SELECT source_id FROM learning_events WHERE user_id = $1 AND type = ANY($2)',
      [ada.id, ['task.completed', 'module.completed']],
    );
    expect(events.map(({ source_id }) => source_id).sort()).toEqual([...tasks, choice, CLOSED_MODULE].sort());
  });

  it('pays XP for the first right try, less for later ones, none after the solution, and for the module', async () => {
    const xpOf = async (taskId: string, response?: unknown) =>
      (await expectStatus(200, submitTask(app, ada, taskId, response))).body.xp_awarded as number;
    const tasks = listOfferedTasks(CLOSED_MODULE);
    const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = ''] = tasks;
    expect(await xpOf(first)).toBeGreaterThan(0);
    expect(await xpOf(first)).toBe(0);
    for (const response of ['x', 'y', 'z']) expect(await xpOf(third, response.repeat(5).split(''))).toBe(0);
    expect(await xpOf(third)).toBe(0);
    expect(await xpOf(fourth, 'No.')).toBe(0);
    await xpOf(fourth);
    await xpOf(second);
    await xpOf(fifth);
    await xpOf(sixth);
    const events = await app.sql(
      `SELECT e.type, e.source_id, e.data->'first_right_try' AS try, coalesce(x.amount, 0) AS xp FROM learning_events e
       LEFT JOIN xp_ledger x ON x.user_id = e.user_id AND x.rule = e.type AND x.source = e.source_id AND x.currency = 'xp'
       WHERE e.user_id = $1 AND e.type IN ('task.completed', 'module.completed') ORDER BY e.id`,
      [ada.id],
    );
    expect(events).toEqual([
      { type: 'task.completed', source_id: first, try: 1, xp: 10 },
      { type: 'task.completed', source_id: third, try: null, xp: 0 },
      { type: 'task.completed', source_id: fourth, try: 2, xp: 7 },
      { type: 'task.completed', source_id: second, try: 1, xp: 10 },
      { type: 'task.completed', source_id: fifth, try: 1, xp: 10 },
      { type: 'task.completed', source_id: sixth, try: 1, xp: 10 },
      { type: 'module.completed', source_id: CLOSED_MODULE, try: null, xp: 50 },
    ]);
  });

  it('replays a submission with the same idempotency key, and uses no second try', async () => {
    const headers = { 'idempotency-key': 'once' };
    const [first, second] = [
      await submitTask(app, ada, CHOICE, 'is', headers),
      await submitTask(app, ada, CHOICE, 'is', headers),
    ];
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(await readTask(CHOICE)).toMatchObject({ tries_left: 2 });
  });

  it('answers an API key with the progress of its creator, if it has the scopes', async () => {
    const { organizationId } = owner;
    const key = await givenApiKey(app, { organizationId, by: owner, scopes: ['xel:read', 'xel:write'] });
    const submitted = await callWithApiKey(app, key, `POST /api/xel/tasks/${CHOICE}/submit`, {
      response: 'am',
    });
    expect(submitted.status).toBe(200);
    expect(await readModule(MODULE, owner)).toMatchObject({ completed_tasks: 1 });
    expect((await callWithApiKey(app, key, `GET ${MODULES_URL}/${MODULE}`)).body).toMatchObject({
      completed_tasks: 1,
    });
    const reader = await givenApiKey(app, { organizationId, by: owner, scopes: ['xel:read'] });
    const refused = await callWithApiKey(app, reader, `POST /api/xel/tasks/${GAPS}/submit`, { response: [] });
    expect([refused.status, refused.body.detail.required_scope]).toEqual([403, 'xel:write']);
    expect(
      (await callWithApiKey(app, await givenApiKey(app, { organizationId, by: owner }), `GET ${MODULES_URL}`))
        .status,
    ).toBe(403);
  });

  it('is private: another user sees nothing of it, and it is erased with the account', async () => {
    await expectStatus(200, submitTask(app, ada, CHOICE));
    const bob = await givenUserWithId(app);
    expect(await readModule(MODULE, bob)).toMatchObject({ completed_tasks: 0, status: 'not_started' });
    const call = { token: ada.accessToken, body: { password: ada.password } };
    await expectStatus(204, app.call('DELETE', '/api/auth/me', call));
    for (const table of ['xel_attempts', 'xel_task_progress', 'xel_module_progress'])
      expect(await app.sql(`SELECT user_id FROM ${table} WHERE user_id = $1`, [ada.id])).toEqual([]);
  });
});
