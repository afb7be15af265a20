import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor, givenOwner, PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenProvisionedUser,
  inParallel,
  logIn,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const ADMIN_SET_PASSWORD = 'herons borrow seven ladders';
const OWN_PASSWORD = 'magpies iron twelve carpets';
const REFUSED = [403, 'not_home_organization'];

describe('the home organization of an account', () => {
  let app: TestApp;
  let owner: UserWithId & { organizationId: string };
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start();
    await givenOwner(app); // the first account is an operator
    owner = await givenOwnerWithId(app);
  });
  afterAll(() => app.stop());

  const provision = async (body: object = {}): Promise<UserWithId> => {
    const email = `home-${(count += 1)}-${process.pid}@example.com`;
    const request = app.post('/api/v1/users', { email, ...body }, { token: owner.accessToken });
    return { ...owner, id: (await expectStatus(201, request)).body.id as string, email };
  };
  const updateUser = ({ id }: UserWithId, body: object): Promise<TestResponse> =>
    app.patch(`/api/v1/users/${id}`, body, { token: owner.accessToken });
  const resetTwoFactor = ({ id }: UserWithId): Promise<TestResponse> =>
    app.call('POST', `/api/v1/users/${id}/reset-2fa`, { token: owner.accessToken });
  const setPassword = (token: string): Promise<TestResponse> =>
    app.post('/api/v1/auth/reset-password', { token, password: OWN_PASSWORD });
  const resetByMail = async ({ email }: UserWithId): Promise<void> => {
    await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email }));
    await expectStatus(200, setPassword(await app.lastLinkToken(email, 'reset-password')));
  };
  const homeOf = async ({ id }: UserWithId): Promise<string | null> =>
    (
      await app.sql<{ home: string | null }>('SELECT home_organization_id AS home FROM users WHERE id = $1', [
        id,
      ])
    )[0]?.home ?? null;

  describe('before its user has accepted it', () => {
    it('sets no password and resets no factor', async () => {
      const person = await provision();
      expect(statusAndCode(await updateUser(person, { password: ADMIN_SET_PASSWORD }))).toEqual(REFUSED);
      expect(statusAndCode(await resetTwoFactor(person))).toEqual(REFUSED);
      const login = { email: person.email, password: ADMIN_SET_PASSWORD };
      expect((await app.post('/api/v1/auth/login', login)).status).toBe(401);
    });

    it('corrects the address, which gets a welcome link, and the link of the wrong address ends', async () => {
      const person = await provision();
      const wrongLink = await app.lastLinkToken(person.email, 'reset-password');
      const email = `corrected-${person.email}`;
      await expectStatus(200, updateUser(person, { email }));
      expect(statusAndCode(await setPassword(wrongLink))).toEqual([400, 'link_invalid']);
      await expectStatus(200, setPassword(await app.lastLinkToken(email, 'reset-password')));
      expect(await homeOf(person)).toBe(owner.organizationId);
      expect((await app.mails(person.email)).map(({ subject }) => subject)).toEqual(['Your new account']);
    });

    it('deactivates it and activates it again', async () => {
      const person = await provision();
      await expectStatus(200, updateUser(person, { is_active: false }));
      await expectStatus(200, updateUser(person, { is_active: true, first_name: 'Grace' }));
    });

    it('is dropped when the holder of the address resets the password by mail', async () => {
      const person = await provision();
      await resetByMail(person);
      expect(await homeOf(person)).toBeNull();
      for (const body of [{ password: ADMIN_SET_PASSWORD }, { email: 'x@example.com' }, { is_active: false }])
        expect(statusAndCode(await updateUser(person, body))).toEqual(REFUSED);
      await enableTwoFactor(
        app,
        { ...person, accessToken: await logIn(app, { ...person, password: OWN_PASSWORD }) },
        'totp',
      );
      expect(statusAndCode(await resetTwoFactor(person))).toEqual(REFUSED);
    });

    it('is dropped also when the holder confirmed the address first', async () => {
      const person = await provision();
      await expectStatus(200, app.post('/api/v1/auth/resend-verification', { email: person.email }));
      const token = await app.lastLinkToken(person.email, 'verify-email');
      await expectStatus(200, app.post('/api/v1/auth/verify-email', { token }));
      await resetByMail(person);
      expect(await homeOf(person)).toBeNull();
    });

    it('is dropped also after a person without the mailbox replaced the password that it gave', async () => {
      const person = await provision({ password: ADMIN_SET_PASSWORD });
      const login = { email: person.email, password: ADMIN_SET_PASSWORD };
      const { reset_token } = (await app.post('/api/v1/auth/login', login)).body.detail;
      await expectStatus(200, setPassword(reset_token));
      await resetByMail(person);
      expect(await homeOf(person)).toBeNull();
    });
  });

  describe('after its user has accepted it', () => {
    const expectManaged = async (person: UserWithId): Promise<void> => {
      expect(await homeOf(person)).toBe(owner.organizationId);
      await expectStatus(200, updateUser(person, { password: ADMIN_SET_PASSWORD }));
    };

    it('by the welcome link, sets passwords, also after a reset by mail', async () => {
      const person = await givenProvisionedUser(app, owner);
      await resetByMail(person);
      await expectManaged(person);
    });

    it('by an invitation, sets passwords, also after a reset by mail', async () => {
      const email = `invited-${(count += 1)}-${process.pid}@example.com`;
      await expectStatus(201, app.post('/api/v1/invitations', { email }, { token: owner.accessToken }));
      const token = await app.lastLinkToken(email, 'accept-invitation');
      await expectStatus(200, app.post('/api/v1/invitations/accept', { token, password: PASSWORD }));
      const [row] = await app.sql<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]);
      const person = { ...owner, id: row?.id ?? '', email };
      await resetByMail(person);
      await expectManaged(person);
    });

    it('by a first password of its own, sets passwords', async () => {
      const person = await provision({ password: ADMIN_SET_PASSWORD });
      const login = { email: person.email, password: ADMIN_SET_PASSWORD };
      const { reset_token } = (await app.post('/api/v1/auth/login', login)).body.detail;
      await expectStatus(200, setPassword(reset_token));
      await expectManaged(person);
    });
  });

  it('is dropped from an account registered for a foreign address when its holder arrives', async () => {
    const victim = await givenOwnerWithId(app); // registered by an intruder, who adds a second owner
    const { body } = await expectStatus(
      201,
      app.post(
        '/api/v1/users',
        { email: `second-${victim.email}`, role: 'owner', password: ADMIN_SET_PASSWORD },
        { token: victim.accessToken },
      ),
    );
    const login = { email: body.email, password: ADMIN_SET_PASSWORD };
    const { reset_token } = (await app.post('/api/v1/auth/login', login)).body.detail;
    await expectStatus(200, setPassword(reset_token));
    const intruder = await logIn(app, { ...victim, email: body.email, password: OWN_PASSWORD });
    await resetByMail(victim);
    const change = { password: ADMIN_SET_PASSWORD };
    const refused = await app.patch(`/api/v1/users/${victim.id}`, change, { token: intruder });
    expect(statusAndCode(refused)).toEqual(REFUSED);
  });

  it('sets no password at the same time as the holder of the address takes the account', async () => {
    await inParallel(6, async (round) => {
      const person = await provision();
      await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: person.email }));
      const token = await app.lastLinkToken(person.email, 'reset-password');
      const [reset, change] = await Promise.all([
        setPassword(token),
        updateUser(person, { password: `${ADMIN_SET_PASSWORD} ${round}` }),
      ]);
      expect([reset.status, change.status]).toEqual([200, 403]);
      await logIn(app, { ...person, password: OWN_PASSWORD });
    });
  });
});
