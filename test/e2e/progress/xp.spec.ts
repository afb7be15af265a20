import { MODULE_TOKENS } from '@/modules/progress/ledger/xp.rules.js';
import { progressErrors } from '@/modules/progress/progress.errors.js';
import { DAY } from '@/platform/kernel/durations.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  inParallel,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { givenLearner, moveTo, read, record } from '@test/support/progress/learners.js';

const SOME_DATE = expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as string;

describe('the XP of a learner', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
    app.clock.freeze();
  });
  afterAll(() => app.stop());

  const buy = (learner: UserWithId, what: 'freezes' | 'boosters', headers?: Record<string, string>) =>
    app.post(`/api/xp/${what}`, undefined, { token: learner.accessToken, headers });
  const earnTokens = async (learner: UserWithId, modules: number): Promise<void> => {
    for (let n = 0; n < modules; n += 1)
      await record(app, learner, {
        type: 'module.completed',
        sourceId: `m${app.clock.millis()}-${n}`,
        data: {},
      });
  };

  it('fills the profile, the week, the pulse and the streak', async () => {
    const ada = await givenLearner(app, 'America/Vancouver');
    const { xpAwarded } = await record(app, ada);
    expect(await read(app, ada, 'profile')).toEqual({
      username: ada.username,
      level: 1,
      total_xp: xpAwarded,
      xp_in_level: xpAwarded,
      xp_to_next_level: 100 - xpAwarded,
      current_streak: 1,
      longest_streak: 1,
      token_balance: expect.any(Number),
      active_booster: null,
      today_xp: xpAwarded,
      today_segment_xp: xpAwarded - 10,
      today_quiz_xp: 10,
      prices: { freeze: 30, booster: 20 },
    });
    const week = await read(app, ada, 'weekly-activity');
    expect(week).toMatchObject({
      timezone: 'America/Vancouver',
      total_xp: xpAwarded,
      freeze_covered_dates: [],
    });
    expect(week.days.map(({ date }: { date: string }) => new Date(date).getUTCDay())).toEqual([
      0, 1, 2, 3, 4, 5, 6,
    ]);
    expect([week.week_start, week.week_end]).toEqual([week.days[0].date, week.days[6].date]);
    const pulse = await read(app, ada, 'learning-pulse');
    expect(pulse.days).toHaveLength(365);
    expect(pulse).toMatchObject({ total_xp: xpAwarded, active_days: 1 });
    expect(pulse.days.at(-1)).toMatchObject({ xp: xpAwarded, level: expect.any(Number) });
    expect(await read(app, ada, 'streak-status')).toEqual({
      current_streak: 1,
      longest_streak: 1,
      freezes_available: 0,
      freezes_used: 0,
      last_activity: pulse.days.at(-1).date,
      streak_at_risk: false,
    });
  });

  it('of a new learner is zero everywhere', async () => {
    const learner = await givenLearner(app);
    expect(await read(app, learner, 'streak-status')).toMatchObject({
      last_activity: null,
      streak_at_risk: false,
    });
    expect(await read(app, learner, 'analytics')).toEqual({
      total_seconds: 0,
      sessions: 0,
      average_session_seconds: 0,
      live_seconds: 0,
      by_day: [],
    });
    expect(await read(app, learner, 'streak/explain')).toMatchObject({ date: SOME_DATE, status: 'open' });
  });

  it('has the same quests for parallel first reads, and pays each of them once', async () => {
    const learner = await givenLearner(app);
    const reads = await inParallel(20, () => read(app, learner, 'daily-quests'));
    expect(new Set(reads.map((quests) => JSON.stringify(quests))).size).toBe(1);
    const { quests } = reads[0] as { quests: { id: string; completed: boolean }[] };
    expect(quests).toHaveLength(3);
    const reviews = [...Array(6).keys()].map((n) => ({
      type: 'review.done' as const,
      sourceId: `r${n}`,
      data: {},
    }));
    const tasks = [...Array(3).keys()].map((n) => ({ sourceId: `t${n}` }));
    const end = new Date(app.clock.millis());
    const session = { type: 'live.session.ended' as const, seconds: 700, occurredAt: end, data: {} };
    await Promise.all([...reviews, ...tasks, session].map((deed) => record(app, learner, deed)));
    const after = await read(app, learner, 'daily-quests');
    expect(
      after.quests.map(({ id, completed }: { id: string; completed: boolean }) => [id, completed]),
    ).toEqual(quests.map(({ id }) => [id, true]));
    expect((await read(app, learner, 'profile')).token_balance).toBe(15);
  });

  it('buys freezes up to two, and never more than the tokens pay', async () => {
    const learner = await givenLearner(app);
    expect(statusAndCode(await buy(learner, 'freezes'))).toEqual([
      409,
      progressErrors.tokens_insufficient.code,
    ]);
    await earnTokens(learner, 2);
    const balance = (await read(app, learner, 'profile')).token_balance as number;
    expect(balance).toBeGreaterThanOrEqual(2 * MODULE_TOKENS);
    const results = await inParallel(10, () => buy(learner, 'freezes'));
    const bought = results.filter(({ status }) => status === 200).length;
    expect(bought).toBe(Math.floor(balance / 30));
    expect((await read(app, learner, 'profile')).token_balance).toBe(balance - 30 * bought);
    await earnTokens(learner, 4);
    await buy(learner, 'freezes');
    expect(statusAndCode(await buy(learner, 'freezes'))).toEqual([
      409,
      progressErrors.freeze_limit_reached.code,
    ]);
    expect(await read(app, learner, 'streak-status')).toMatchObject({
      freezes_available: 2,
      freezes_used: 0,
    });
  });

  it('is multiplied by a booster, which a repeated request buys once', async () => {
    const learner = await givenLearner(app);
    await earnTokens(learner, 2);
    const { token_balance } = await read(app, learner, 'profile');
    const headers = { 'idempotency-key': `booster-${learner.id}` };
    const [first, second] = [
      await buy(learner, 'boosters', headers),
      await buy(learner, 'boosters', headers),
    ];
    expect(first.body).toMatchObject({
      active_booster: { multiplier: 2 },
      token_balance: token_balance - 20,
    });
    expect(second.body).toEqual(first.body);
    await record(app, learner, { sourceId: 'boosted' });
    const [entry] = await app.sql(
      `SELECT amount, base_amount FROM xp_ledger WHERE user_id = $1 AND rule = 'task.completed'`,
      [learner.id],
    );
    expect(entry).toEqual({ amount: 20, base_amount: 10 });
    app.clock.advance(31 * 60);
    const later = { ...learner, accessToken: await login(learner) };
    expect((await read(app, later, 'profile')).active_booster).toBeNull();
  });

  it('keeps the streak with a freeze that parallel reads spend exactly once', async () => {
    const learner = await givenLearner(app);
    await earnTokens(learner, 2);
    await expectStatus(200, buy(learner, 'freezes'));
    app.clock.advance(2 * DAY);
    const token = await login(learner);
    const status = { ...learner, accessToken: token };
    const reads = await inParallel(20, () => read(app, status, 'streak-status'));
    for (const streak of reads)
      expect(streak).toMatchObject({
        current_streak: 1,
        freezes_available: 0,
        freezes_used: 1,
        streak_at_risk: true,
      });
    const spent = await app.sql<{ source: string }>(
      `SELECT source FROM xp_ledger WHERE user_id = $1 AND rule = 'freeze.spent'`,
      [learner.id],
    );
    expect(spent).toHaveLength(1);
    const day = spent[0]?.source;
    expect(await read(app, status, `streak/explain?date=${day}`)).toMatchObject({
      date: day,
      status: 'frozen',
      xp: 0,
    });
    app.clock.advance(DAY);
    const later = { ...learner, accessToken: await login(learner) };
    expect(await read(app, later, 'streak-status')).toMatchObject({ current_streak: 0, longest_streak: 1 });
    // Twice the usual minimum soon after the missed day earns the streak back.
    await record(app, learner);
    expect(await read(app, later, 'streak-status')).toMatchObject({ current_streak: 2, longest_streak: 2 });
  });

  it('counts a time zone from the next change of the day on, at most one a day', async () => {
    const learner = await givenLearner(app, 'Pacific/Kiritimati');
    await record(app, learner);
    await moveTo(app, learner, 'Pacific/Honolulu');
    expect(await read(app, learner, 'weekly-activity')).toMatchObject({ timezone: 'Pacific/Honolulu' });
    await moveTo(app, learner, 'Europe/Berlin');
    expect(await read(app, learner, 'weekly-activity')).toMatchObject({ timezone: 'Pacific/Honolulu' });
    const { today_xp, current_streak } = await read(app, learner, 'profile');
    expect([today_xp > 0, current_streak]).toEqual([true, 1]);
  });

  it('refuses dates that do not exist', async () => {
    const { accessToken: token } = await givenLearner(app);
    for (const path of [
      'streak/explain?date=2026-02-30',
      'analytics?start_date=yesterday',
      'analytics?end_date=',
    ])
      expect([path, statusAndCode(await app.get(`/api/xp/${path}`, { token }))]).toEqual([
        path,
        [400, 'validation_failed'],
      ]);
    const wrong = await app.get('/api/xp/analytics?start_date=2026-11-02&end_date=2026-11-01', { token });
    expect(wrong.body.detail.fields).toMatchObject([{ path: 'end_date' }]);
  });

  it('comes from the sessions of conversations, also from those that were left open', async () => {
    const learner = await givenLearner(app);
    const token = await login(learner);
    const { id } = (
      await expectStatus(201, app.post('/api/core/conversations', { title: 'Greek' }, { token }))
    ).body;
    const session = (verb: string) =>
      app.post(`/api/core/conversations/${id}/session/${verb}`, undefined, { token });
    await expectStatus(200, session('start'));
    app.clock.advance(120);
    await expectStatus(200, session('end'));
    await expectStatus(200, session('start'));
    app.clock.advance(60);
    await expectStatus(200, session('activity'));
    app.clock.advance(40 * 60);
    const later = { ...learner, accessToken: await login(learner) };
    const analytics = await read(app, later, 'analytics');
    expect(analytics).toMatchObject({
      total_seconds: 180,
      sessions: 2,
      average_session_seconds: 90,
      live_seconds: 0,
    });
    expect((await read(app, later, 'profile')).total_xp).toBeGreaterThanOrEqual(3);
  });

  it('shows what organizations see', async () => {
    const owner = await givenOwnerWithId(app);
    expect(await read(app, owner, 'visibility')).toMatchObject({
      public_profile: false,
      organizations: [{ organization_id: owner.organizationId, organization_name: 'Acme Learning' }],
    });
  });

  const login = async ({ email, password }: UserWithId): Promise<string> =>
    (await expectStatus(200, app.post('/api/v1/auth/login', { email, password }))).body
      .access_token as string;
});
