import {
  type LearningEventInput,
  LearningEventsService,
  type RecordResult,
} from '@/modules/progress/index.js';
import type { TestApp } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import { givenUserWithId, type UserWithId } from '../organizations/given-organizations.js';

let count = 0;

/** Creates a learner in a time zone. */
export async function givenLearner(app: TestApp, timezone = 'UTC'): Promise<UserWithId> {
  const learner = await givenUserWithId(app);
  if (timezone !== 'UTC') await moveTo(app, learner, timezone);
  return learner;
}

export async function moveTo(app: TestApp, learner: UserWithId, timezone: string): Promise<void> {
  await expectStatus(200, app.patch('/api/auth/me', { timezone }, { token: learner.accessToken }));
}

/** Records a deed as another module does; by default a task that was solved with the first try. */
export function record(
  app: TestApp,
  { id: userId }: UserWithId,
  input: Partial<LearningEventInput> = {},
): Promise<RecordResult> {
  return app.nest.get(LearningEventsService).record({
    userId,
    type: 'task.completed',
    sourceId: `deed-${(count += 1)}`,
    data: { first_right_try: 1, difficulty: 1 },
    ...input,
  });
}

/** Reads an answer of the learner. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a client sees untyped JSON
export async function read(app: TestApp, { accessToken: token }: UserWithId, path: string): Promise<any> {
  return (await expectStatus(200, app.get(`/api/xp/${path}`, { token }))).body;
}
