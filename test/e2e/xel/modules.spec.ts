import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';
import { COURSE, MODULES_URL, submitTask } from '@test/support/xel/course.js';

const MODULE = 'a1-introductions';

describe('the English course', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const readModule = async (id = MODULE) =>
    (await expectStatus(200, app.get(`${MODULES_URL}/${id}`, { token: ada.accessToken }))).body;

  it('is listed whole, in course order', async () => {
    const { body } = await expectStatus(200, app.get(MODULES_URL, { token: ada.accessToken }));
    expect(body.map(({ id }: { id: string }) => id)).toEqual(COURSE.modules.map(({ id }) => id));
    expect(body[0]).toEqual({
      id: MODULE,
      title: "Hello, I'm Ana",
      level: 'A1',
      skill: 'grammar',
      total_tasks: 6,
      completed_tasks: 0,
      progress_percent: 0,
      status: 'not_started',
    });
  });

  it('has modules with tasks, without answers', async () => {
    const module = await readModule('a1-daily-routine');
    expect(module).toMatchObject({ level: 'A1', estimated_minutes: 30, can_do: expect.any(Array) });
    expect(module.prerequisites).toEqual([{ id: MODULE, title: "Hello, I'm Ana", completed: false }]);
    expect(module.tasks.map(({ order }: { order: number }) => order)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const choice = module.tasks[0];
    expect(choice).toMatchObject({ status: 'not_started', best_score: null, tries_left: 3, available: true });
    expect(choice.options).toHaveLength(4);
    expect(JSON.stringify(module)).not.toMatch(/"(answer|wrong|hint|explanation|script)":/);
  });

  it('does not know other modules and tasks', async () => {
    const call = { token: ada.accessToken };
    for (const id of ['a1-unknown', 'A1-INTRODUCTIONS', '__proto__', 'constructor', '%00', 'x'.repeat(90)]) {
      expect(statusAndCode(await app.get(`${MODULES_URL}/${id}`, call))).toEqual([
        404,
        'xel_module_not_found',
      ]);
      expect(statusAndCode(await submitTask(app, ada, id, 'x'))).toEqual([404, 'xel_task_not_found']);
      expect(statusAndCode(await app.get(`/api/xel/tasks/${id}/audio`, call))).toEqual([
        404,
        'xel_task_not_found',
      ]);
    }
  });
});
