import fc from 'fast-check';
import { LearningEventsService, ProgressRebuildService } from '@/modules/progress/index.js';
import { SettlementService } from '@/modules/progress/streaks/settlement.service.js';
import { PurchasesService } from '@/modules/progress/xp/purchases.service.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { newId } from '@/platform/kernel/ids.js';
import { TestApp } from '@test/support/app/test-app.js';

/** Zones whose midnight happens twice or never, that left out a date, or that are a day apart. */
const ZONES = [
  'America/Vancouver',
  'America/Havana',
  'America/Santiago',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Pacific/Honolulu',
];
/** Instants shortly before a change of the clocks, or before the date that Apia left out. */
const STARTS = [
  '2011-12-27T12:00:00Z',
  '2026-03-06T12:00:00Z',
  '2026-09-03T12:00:00Z',
  '2026-10-29T12:00:00Z',
];

type Step =
  | { wait: number }
  | { deed: 'task.completed' | 'review.done' | 'module.completed' }
  | { zone: string }
  | 'look'
  | 'buy';

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      deed: fc.constantFrom('task.completed' as const, 'review.done' as const, 'module.completed' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ zone: fc.constantFrom(...ZONES) }) },
  { weight: 2, arbitrary: fc.constant('look' as const) },
  { weight: 2, arbitrary: fc.constant('buy' as const) },
);

describe('the derived tables', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
    app.clock.freeze();
  });
  afterAll(() => app.stop());

  const givenLearnerIn = async (timezone: string): Promise<string> => {
    const id = newId();
    await app.sql(
      `INSERT INTO users (id, username, email, timezone, created_at, updated_at) VALUES ($1::uuid, $1::text, $1::text, $2, now(), now())`,
      [id, timezone],
    );
    return id;
  };

  const apply = async (userId: string, action: Step): Promise<void> => {
    if (action === 'look') await app.nest.get(SettlementService).refresh(userId);
    else if (action === 'buy')
      await app.nest
        .get(PurchasesService)
        .buyFreeze(userId)
        .catch(() => undefined);
    else if ('wait' in action) app.clock.advance(action.wait * HOUR);
    else if ('zone' in action)
      await app.sql('UPDATE users SET timezone = $2 WHERE id = $1', [userId, action.zone]);
    else {
      const deed = { userId, type: action.deed, sourceId: newId(), data: {} };
      await app.nest.get(LearningEventsService).record(deed);
    }
  };

  const stored = (userId: string): Promise<object[][]> =>
    Promise.all([
      app.sql(`SELECT to_jsonb(s) AS state FROM learner_states s WHERE user_id = $1`, [userId]),
      app.sql(`SELECT to_jsonb(d) AS day FROM learner_days d WHERE user_id = $1 ORDER BY day`, [userId]),
      app.sql(`SELECT count(*) FROM xp_ledger WHERE user_id = $1`, [userId]),
    ]);

  it('are the same when they are rebuilt from the ledger, whatever the learner did and wherever they were', async () => {
    const history = fc.record({
      start: fc.constantFrom(...STARTS),
      zone: fc.constantFrom(...ZONES),
      steps: fc.array(step, { minLength: 10, maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(history, async ({ start, zone, steps }) => {
        app.clock.advance((Date.parse(start) - app.clock.millis()) / 1000);
        const userId = await givenLearnerIn(zone);
        for (const action of steps) await apply(userId, action);
        await app.nest.get(SettlementService).refresh(userId);
        const before = await stored(userId);
        expect(await app.nest.get(ProgressRebuildService).rebuild(userId)).toEqual([]);
        await app.sql('DELETE FROM learner_days WHERE user_id = $1', [userId]);
        await app.sql('DELETE FROM learner_states WHERE user_id = $1', [userId]);
        await app.nest.get(ProgressRebuildService).rebuild(userId);
        await app.nest.get(SettlementService).refresh(userId);
        expect(await stored(userId)).toEqual(before);
        const days = await app.sql<{ in_order: boolean }>(
          `SELECT learner_day >= lag(learner_day) OVER (ORDER BY id) AS in_order FROM learning_events WHERE user_id = $1`,
          [userId],
        );
        expect(days.every(({ in_order }) => in_order !== false)).toBe(true);
      }),
      { numRuns: 12, interruptAfterTimeLimit: 60_000 },
    );
  });

  it('are corrected and reported when they differ, without an award', async () => {
    const userId = await givenLearnerIn('UTC');
    await apply(userId, { deed: 'task.completed' });
    const before = await stored(userId);
    await app.sql('UPDATE learner_states SET total_xp = 999, current_streak = 7 WHERE user_id = $1', [
      userId,
    ]);
    const differences = await app.nest.get(ProgressRebuildService).rebuild(userId);
    expect(differences.map(({ field, stored: wrong }) => [field, wrong])).toEqual(
      expect.arrayContaining([
        ['total_xp', 999],
        ['current_streak', 7],
      ]),
    );
    expect(await stored(userId)).toEqual(before);
  });
});
