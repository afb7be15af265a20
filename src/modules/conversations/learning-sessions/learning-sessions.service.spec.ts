import type { SessionActor } from '@/platform/access/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import type { ConversationFinder } from '../conversation-finder.js';
import { conversationErrors } from '../conversations.errors.js';
import type { LearningSessionEndings } from './learning-session-endings.js';
import { LearningSessionsService } from './learning-sessions.service.js';
import type { LearningSession } from './persistence/learning-session.entity.js';
import type { LearningSessionRepository } from './persistence/learning-session.repository.js';

const NOW = new Date('2026-05-01T10:30:00.000Z');
const ROW: LearningSession = {
  id: 'session',
  conversation_id: 'conversation',
  started_at: new Date('2026-05-01T10:20:00.000Z'),
  last_activity_at: new Date('2026-05-01T10:25:00.000Z'),
  ended_at: null,
};
const ADA: SessionActor = {
  via: 'session',
  userId: 'ada',
  sessionId: 'login',
  secondFactor: false,
  passwordAt: NOW,
  secondFactorAt: null,
};

type Results = Partial<Record<'start' | 'findActive' | 'touch' | 'end', (LearningSession | undefined)[]>>;

/** A service whose repository returns these results in turn, then undefined; and the calls in their order. */
function givenService(results: Results, conversationExists = true) {
  const calls: string[] = [];
  const cutoffs = new Set<string>();
  const next = (name: keyof Results, since?: Date): Promise<LearningSession | undefined> => {
    calls.push(name);
    if (since) cutoffs.add(since.toISOString());
    return Promise.resolve(results[name]?.shift());
  };
  const sessions: Record<
    keyof Results | 'closeInactive',
    (...values: never[]) => Promise<LearningSession | undefined>
  > = {
    start: () => next('start'),
    findActive: (_owner: unknown, _id: string, since: Date) => next('findActive', since),
    touch: (_owner: unknown, _id: string, since: Date) => next('touch', since),
    end: (_owner: unknown, _id: string, since: Date) => next('end', since),
    closeInactive: () => Promise.resolve(void calls.push('closeInactive') as undefined),
  };
  const finder: Pick<ConversationFinder, 'find'> = {
    find: () => {
      calls.push('find');
      if (conversationExists) return Promise.resolve({} as Awaited<ReturnType<ConversationFinder['find']>>);
      return Promise.reject(conversationErrors.conversation_not_found());
    },
  };
  const clock = new TestClock();
  jest.spyOn(clock, 'now').mockReturnValue(NOW);
  const service = new LearningSessionsService(
    sessions as unknown as LearningSessionRepository,
    sessions as unknown as LearningSessionEndings,
    finder as ConversationFinder,
    clock,
  );
  return { service, calls, cutoffs };
}

describe('starting a learning session', () => {
  it('returns the new session', async () => {
    const { service, calls } = givenService({ start: [ROW] });
    expect(await service.start(ADA, 'conversation')).toEqual({
      session_id: 'session',
      conversation_id: 'conversation',
      status: 'active',
      started_at: '2026-05-01T10:20:00.000Z',
      last_activity_at: '2026-05-01T10:25:00.000Z',
      ended_at: null,
      duration_seconds: 600,
    });
    expect(calls).toEqual(['start']);
  });

  it('returns the active session when there is one', async () => {
    const { service, calls, cutoffs } = givenService({ findActive: [ROW] });
    expect(await service.start(ADA, 'conversation')).toMatchObject({ session_id: 'session' });
    expect(calls).toEqual(['start', 'findActive']);
    expect([...cutoffs]).toEqual(['2026-05-01T10:00:00.000Z']);
  });

  it('closes an inactive session first, and checks the conversation only once', async () => {
    const { service, calls } = givenService({ start: [undefined, undefined, ROW] });
    await service.start(ADA, 'conversation');
    const round = ['start', 'findActive'];
    expect(calls).toEqual([...round, 'find', 'closeInactive', ...round, 'closeInactive', 'start']);
  });

  it('throws conversation_not_found without closing or retrying', async () => {
    const { service, calls } = givenService({}, false);
    await expect(service.start(ADA, 'conversation')).rejects.toMatchObject({
      code: 'conversation_not_found',
    });
    expect(calls).toEqual(['start', 'findActive', 'find']);
  });

  it('throws overloaded after five attempts that concurrent requests have defeated', async () => {
    const { service, calls } = givenService({});
    await expect(service.start(ADA, 'conversation')).rejects.toMatchObject({
      code: 'overloaded',
      retryAfter: 1,
    });
    expect(calls.filter((call) => call === 'start')).toHaveLength(5);
  });
});

describe('a learning session', () => {
  it.each(['touch', 'end'] as const)('that is not active cannot be changed: %s', async (verb) => {
    const { service, calls, cutoffs } = givenService({});
    await expect(service[verb](ADA, 'conversation')).rejects.toMatchObject({
      code: 'learning_session_not_found',
    });
    expect(calls).toEqual([verb, 'find']);
    expect([...cutoffs]).toEqual(['2026-05-01T10:00:00.000Z']);
  });

  it.each(['touch', 'end'] as const)('of an unknown conversation is not found: %s', async (verb) => {
    const { service } = givenService({}, false);
    await expect(service[verb](ADA, 'conversation')).rejects.toMatchObject({
      code: 'conversation_not_found',
    });
  });

  it('has the status ended, and a fixed duration, after its end', async () => {
    const ended_at = new Date('2026-05-01T10:21:30.000Z');
    const { service } = givenService({ end: [{ ...ROW, last_activity_at: ended_at, ended_at }] });
    expect(await service.end(ADA, 'conversation')).toMatchObject({
      status: 'ended',
      ended_at: '2026-05-01T10:21:30.000Z',
      duration_seconds: 90,
    });
  });

  it('has the status inactive when there is none, unless the conversation is unknown', async () => {
    const { service } = givenService({ findActive: [ROW] });
    expect(await service.status(ADA, 'conversation')).toMatchObject({ status: 'active' });
    expect(await service.status(ADA, 'conversation')).toEqual({ status: 'inactive' });
    const unknown = givenService({}, false).service.status(ADA, 'conversation');
    await expect(unknown).rejects.toMatchObject({ code: 'conversation_not_found' });
  });
});
