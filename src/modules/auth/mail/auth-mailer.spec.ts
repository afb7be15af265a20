import type { AccountsService } from '@/modules/users/index.js';
import type { Config } from '@/platform/config/index.js';
import type { EmailMessage, Mailer } from '@/platform/mail/index.js';
import { AuthMailer, type SecurityNotice } from './auth-mailer.js';

interface SentEmail extends EmailMessage {
  required: boolean;
}

describe('AuthMailer', () => {
  let sent: SentEmail[];
  let users: Map<string, { email: string }>;
  let mailer: AuthMailer;

  beforeEach(() => {
    sent = [];
    users = new Map([['ada', { email: 'ada@example.com' }]]);
    mailer = new AuthMailer(
      {
        assertConfigured: () => undefined,
        send: async (message: EmailMessage) => void sent.push({ ...message, required: true }),
        sendIfConfigured: async (message: EmailMessage) => void sent.push({ ...message, required: false }),
      } as unknown as Mailer,
      { find: async (id: string) => users.get(id) ?? null } as unknown as AccountsService,
      { linkBaseUrl: 'https://app.example' } as Config,
    );
  });

  function onlyEmail(): SentEmail {
    expect(sent).toHaveLength(1);
    return sent[0] as SentEmail;
  }

  it.each(['login', 'setup', 'step_up', 'disable'] as const)(
    'sends a %s code to the address of the account, as a code and in the subject',
    async (purpose) => {
      await mailer.sendCode('ada', purpose, '012345');
      expect(onlyEmail()).toMatchObject({
        to: 'ada@example.com',
        subject: '012345 is your code',
        required: true,
      });
      expect(onlyEmail().body).toContainEqual({ code: '012345' });
    },
  );

  it('says in each e-mail what the code is for', async () => {
    for (const purpose of ['login', 'setup', 'step_up', 'disable'] as const)
      await mailer.sendCode('ada', purpose, '012345');
    expect(new Set(sent.map(({ body }) => body[0])).size).toBe(4);
  });

  it('refuses to send a code or a notice to a user who was erased', async () => {
    const error = { code: 'token_invalid' };
    await expect(mailer.sendCode('eve', 'login', '012345')).rejects.toMatchObject(error);
    await expect(mailer.sendNotice('eve', 'password_changed')).rejects.toMatchObject(error);
    expect(sent).toEqual([]);
  });

  it('sends a notice to the present address, or to the given one', async () => {
    await mailer.sendNotice('ada', 'password_changed');
    await mailer.sendNotice('ada', 'email_changed', 'old@example.com');
    expect(sent.map(({ to }) => to)).toEqual(['ada@example.com', 'old@example.com']);
  });

  it('sends a notice to a given address even when the account no longer exists', async () => {
    await mailer.sendNotice('eve', 'email_changed', 'old@example.com');
    expect(onlyEmail().to).toBe('old@example.com');
  });

  it('writes notices without links and codes, and says what to do if it was not the user', async () => {
    const notices: SecurityNotice[] = [
      'two_factor_enabled',
      'two_factor_disabled',
      'two_factor_reset',
      'two_factor_closed',
      'backup_codes_replaced',
      'password_changed',
      'email_change_announced',
      'email_changed',
    ];
    for (const notice of notices) await mailer.sendNotice('ada', notice);
    expect(new Set(sent.map(({ subject }) => subject)).size).toBe(notices.length);
    for (const { body, required } of sent) {
      expect(body.every((paragraph) => typeof paragraph === 'string')).toBe(true);
      expect(body.join(' ')).toContain('If this was not you');
      expect(required).toBe(false);
    }
  });

  it.each([
    ['verification', 'https://app.example/verify-email?token=t-0_k', false],
    ['reversion', 'https://app.example/revert-email?token=t-0_k', false],
    ['reset', 'https://app.example/reset-password?token=t-0_k', true],
    ['welcome', 'https://app.example/reset-password?token=t-0_k', true],
  ] as const)('sends a %s e-mail with one link, and the token nowhere else', async (kind, link, required) => {
    const send = {
      verification: () => mailer.sendEmailVerification('new@example.com', 't-0_k'),
      reversion: () => mailer.sendEmailReversion('new@example.com', 't-0_k'),
      reset: () => mailer.sendPasswordReset('new@example.com', 't-0_k'),
      welcome: () => mailer.sendWelcome('new@example.com', 't-0_k'),
    };
    await send[kind]();
    const { to, subject, body, required: isRequired } = onlyEmail();
    expect([to, isRequired]).toEqual(['new@example.com', required]);
    expect(body.filter((paragraph) => typeof paragraph === 'object')).toEqual([{ link }]);
    expect(subject + body.filter((paragraph) => typeof paragraph === 'string').join()).not.toContain('t-0_k');
  });
});
