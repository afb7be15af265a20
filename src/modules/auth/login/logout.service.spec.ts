import type { SessionActor } from '@/platform/access/actor.js';
import type { UnitOfWork } from '@/platform/persistence/index.js';
import type { EmailTokens } from '../mail/email-tokens.js';
import type { SessionsService } from '../sessions/sessions.service.js';
import type { RefreshService } from '../tokens/refresh.service.js';
import type { LoginChallengesService } from '../two-factor/login-challenges.service.js';
import { LogoutService } from './logout.service.js';

const ACTOR = { via: 'session', userId: 'ada', sessionId: 'session-1' } as SessionActor;

describe('LogoutService', () => {
  let calls: string[];
  let service: LogoutService;

  beforeEach(() => {
    calls = [];
    service = new LogoutService(
      {
        end: async (id: string, reason: string) => void calls.push(`end ${id} ${reason}`),
        endAll: async (id: string, reason: string) => void calls.push(`end all of ${id} ${reason}`),
      } as unknown as SessionsService,
      {
        findSessionId: async (token: string) => /^refresh of (.*)$/.exec(token)?.[1] ?? null,
      } as unknown as RefreshService,
      {
        endAll: async (id: string) => void calls.push(`end challenges of ${id}`),
      } as unknown as LoginChallengesService,
      {
        revoke: async (id: string, purpose: string) => void calls.push(`revoke ${purpose} of ${id}`),
      } as unknown as EmailTokens,
      { run: (work: () => Promise<void>) => work() } as unknown as UnitOfWork,
    );
  });

  it.each([
    ['the access token', ACTOR, undefined, ['session-1']],
    ['the refresh token', null, 'refresh of session-2', ['session-2']],
    ['both tokens', ACTOR, 'refresh of session-2', ['session-1', 'session-2']],
    ['both tokens of one session, once,', ACTOR, 'refresh of session-1', ['session-1']],
    ['the access token beside an invalid refresh token', ACTOR, 'garbage', ['session-1']],
  ] as const)('ends the session of %s', async (_label, actor, refreshToken, ended) => {
    await service.logout(actor, refreshToken);
    expect(calls).toEqual(ended.map((id) => `end ${id} logout`));
  });

  it.each([undefined, '', 'garbage'])(
    'throws without an access token and with the refresh token %j',
    async (token) => {
      await expect(service.logout(null, token)).rejects.toMatchObject({ code: 'token_invalid' });
      expect(calls).toEqual([]);
    },
  );

  it('ends all sessions, pending logins and pending changes of address of the user', async () => {
    await service.logoutAll(ACTOR);
    expect(calls).toEqual([
      'end all of ada logout_all',
      'end challenges of ada',
      'revoke change_email of ada',
    ]);
  });
});
