import { OrganizationEvents, type OrganizationEvent } from '@/platform/events/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { TestApp } from '@test/support/app/test-app.js';
import {
  givenMember,
  givenOwnerWithId,
  inParallel,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { givenLearner, read, record } from '@test/support/progress/learners.js';

describe('learning events', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const ledger = (learner: UserWithId): Promise<{ rule: string; amount: number }[]> =>
    app.sql('SELECT rule, amount FROM xp_ledger WHERE user_id = $1 ORDER BY id', [learner.id]);
  const profile = (learner: UserWithId) => read(app, learner, 'profile');

  it('count once under twenty parallel records of the same deed', async () => {
    const learner = await givenLearner(app);
    const results = await inParallel(20, () => record(app, learner, { sourceId: 'one' }));
    expect(results.filter(({ recorded }) => recorded)).toEqual([{ recorded: true, xpAwarded: 10 }]);
    expect(await ledger(learner)).toEqual([{ rule: 'task.completed', amount: 10 }]);
    expect(await profile(learner)).toMatchObject({ total_xp: 10, today_xp: 10, current_streak: 1 });
  });

  it('of parallel deeds are all counted', async () => {
    const learner = await givenLearner(app);
    const results = await Promise.all(
      [...Array(20).keys()].map((n) =>
        record(app, learner, { type: 'review.done', sourceId: `r${n}`, data: {} }),
      ),
    );
    const awarded = results.reduce((sum, { xpAwarded }) => sum + xpAwarded, 0);
    const { total_xp, today_quiz_xp, today_segment_xp } = await profile(learner);
    expect([total_xp, today_quiz_xp]).toEqual([awarded, 60]);
    expect(today_quiz_xp + today_segment_xp).toBe(awarded);
  });

  it('vanish with the transaction of the caller', async () => {
    const learner = await givenLearner(app);
    const failing = app.nest.get(UnitOfWork).run(async () => {
      await record(app, learner, { sourceId: 'undone' });
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(await profile(learner)).toMatchObject({ total_xp: 0, level: 1, current_streak: 0 });
    expect(await record(app, learner, { sourceId: 'undone' })).toMatchObject({ xpAwarded: 10 });
  });

  it('pay by the first right try, and less for each repetition', async () => {
    const learner = await givenLearner(app);
    const paid = async (data: Record<string, number | boolean | null>, subjectId?: string): Promise<number> =>
      (await record(app, learner, { data, subjectId, type: 'task.completed' })).xpAwarded;
    // The rewards of quests come on top of the base.
    const base = async (): Promise<number[]> =>
      (
        await app.sql<{ base_amount: number }>(
          `SELECT base_amount FROM xp_ledger WHERE user_id = $1 AND rule = 'task.completed' ORDER BY id`,
          [learner.id],
        )
      ).map(({ base_amount }) => base_amount);
    for (const tries of [1, 2, 3]) await paid({ first_right_try: tries, difficulty: 5 });
    for (let again = 0; again < 5; again += 1) await paid({ first_right_try: 1 }, 'task');
    await paid({ first_right_try: null });
    await paid({ first_right_try: 1, assisted: true });
    expect(await base()).toEqual([20, 14, 10, 10, 5, 2, 1]);
  });

  it('pay learning time once when sessions overlap', async () => {
    const learner = await givenLearner(app);
    const end = new Date(app.clock.millis() - 1000);
    const session = (type: 'conversation.session.ended' | 'live.session.ended', seconds: number) =>
      record(app, learner, { type, occurredAt: end, seconds, data: {} });
    await session('conversation.session.ended', 600);
    await session('live.session.ended', 600);
    await session('live.session.ended', 900);
    const paid = (await ledger(learner)).filter(({ rule }) => rule.includes('session'));
    expect(paid.map(({ amount }) => amount)).toEqual([10, 5]);
  });

  it('of a finished evaluation pay nothing', async () => {
    const learner = await givenLearner(app);
    const input = { type: 'evaluation.finished', sourceId: 'e', data: { score: 71 } } as const;
    expect(await record(app, learner, input)).toEqual({ recorded: true, xpAwarded: 0 });
  });

  it('reach the organizations of a member from joining on, with numbers only', async () => {
    const owner = await givenOwnerWithId(app);
    const events: OrganizationEvent[] = [];
    app.nest.get(OrganizationEvents).subscribe((event) => {
      if (event.type.startsWith('learning.')) events.push(event);
      return Promise.resolve();
    });
    const before = new Date(app.clock.millis() - 60_000);
    const member = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    await record(app, member, { occurredAt: before });
    expect(events).toEqual([]);
    await record(app, member, { type: 'module.completed', sourceId: 'a1-greetings', data: {} });
    const { organizationId } = owner;
    const xp = expect.any(Number) as number;
    expect(events).toMatchObject([
      {
        organizationId,
        type: 'learning.module.completed',
        data: { user_id: member.id, module_id: 'a1-greetings', xp },
      },
      {
        organizationId,
        type: 'learning.xp.awarded',
        data: { user_id: member.id, reason: 'module.completed', xp },
      },
    ]);
    expect(await profile(member)).toMatchObject({ token_balance: expect.any(Number) });
    expect(await ledger(member)).toContainEqual({ rule: 'module.completed.tokens', amount: 20 });
  });
});
