import { OrganizationEvents, type OrganizationEvent } from '@/platform/events/index.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import {
  givenMember,
  givenOwnerWithId,
  givenUserWithId,
  type OwnerWithId,
} from '@test/support/organizations/given-organizations.js';
import { read } from '@test/support/progress/learners.js';
import { evaluateText, FAULTY_TEXT, loadGrammarChecker } from '@test/support/xel/reviews.js';

describe('a finished evaluation', () => {
  let app: TestApp;
  let owner: OwnerWithId;
  let events: OrganizationEvent[];

  beforeAll(async () => {
    app = await TestApp.start();
    await loadGrammarChecker(app);
    owner = await givenOwnerWithId(app);
    app.nest.get(OrganizationEvents).subscribe((event) => {
      if (event.type === 'learning.evaluation.finished') events.push(event);
      return Promise.resolve();
    });
  });
  beforeEach(() => {
    events = [];
  });
  afterAll(() => app.stop());

  it('reaches the organizations of a member, with numbers only', async () => {
    const member = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    const { id, overall_score, cefr } = await evaluateText(app, member);
    const data = {
      user_id: member.id,
      evaluation_id: id,
      skill: 'writing',
      status: 'done',
      overall_score,
      cefr,
    };
    expect(events).toEqual([
      {
        organizationId: owner.organizationId,
        type: 'learning.evaluation.finished',
        timestamp: expect.any(Date),
        data,
      },
    ]);
    const refused = await evaluateText(app, member, 'Too short.');
    expect(events[1]?.data).toEqual({
      ...data,
      evaluation_id: refused.id,
      status: 'could_not_evaluate',
      overall_score: null,
      cefr: null,
    });
  });

  it('reaches no organization of a learner who has none, or who sent the text before joining', async () => {
    const learner = await givenUserWithId(app);
    await evaluateText(app, learner);
    expect(events).toEqual([]);
    const member = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    await app.sql(`UPDATE memberships SET joined_at = $2 WHERE user_id = $1`, [
      member.id,
      app.clock.after(60),
    ]);
    await evaluateText(app, member);
    expect(events).toEqual([]);
  });

  it('pays nothing, also not by a quest, and is stored once', async () => {
    const learner = await givenUserWithId(app);
    for (let number = 1; number <= 3; number += 1)
      await evaluateText(app, learner, `${FAULTY_TEXT} It was day ${number}.`);
    expect((await read(app, learner, 'profile')).total_xp).toBe(0);
    const { body } = await expectStatus(200, app.get('/api/xp/daily-quests', { token: learner.accessToken }));
    const progress = body.quests.map((quest: { progress: number }) => quest.progress);
    expect(progress).toEqual(progress.map(() => 0));
    const stored = await app.sql('SELECT type FROM learning_events WHERE user_id = $1', [learner.id]);
    expect(stored).toEqual(Array.from({ length: 3 }, () => ({ type: 'evaluation.finished' })));
  });

  it('is an event that learners see under visibility', async () => {
    const member = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    const { organizations } = await read(app, member, 'visibility');
    expect(organizations[0].webhook_events).toContain('learning.evaluation.finished');
  });
});
