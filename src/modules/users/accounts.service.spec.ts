import type { AccessChangeNotifier } from '@/platform/events/index.js';
import type { Clock } from '@/platform/kernel/clock.js';
import type { Entropy } from '@/platform/kernel/entropy.js';
import type { UnitOfWork } from '@/platform/persistence/index.js';
import type { UserOrganizationsService } from '../organizations/index.js';
import { AccountsService, type NewAccount } from './accounts.service.js';
import type { NewUser, UserRepository } from './persistence/user.repository.js';
import { userErrors } from './users.errors.js';

const NOW = new Date('2026-01-02T03:04:05.678Z');
const ACCOUNT: NewAccount = {
  email: 'ada@example.com',
  password_hash: null,
  first_name: 'Ada',
  last_name: 'Lovelace',
  accepted: true,
};

function given(...takenUsernames: string[]): {
  accounts: AccountsService;
  inserted: NewUser[];
  lookups: string[];
} {
  const inserted: NewUser[] = [];
  const lookups: string[] = [];
  const users: Pick<UserRepository, 'insert' | 'findCredentials' | 'isEmailReserved'> = {
    isEmailReserved: (email) => Promise.resolve(email === 'reserved@example.com'),
    insert: (user) => {
      if (user.email === 'taken@example.com') return Promise.reject(userErrors.email_taken());
      const isFree = !takenUsernames.includes(user.username);
      if (isFree) inserted.push(user);
      return Promise.resolve(isFree);
    },
    findCredentials: (identifier) => {
      lookups.push(identifier);
      return Promise.resolve(undefined);
    },
  };
  let count = 0;
  const entropy: Pick<Entropy, 'digits'> = { digits: (length) => String((count += 1)).padStart(length, '0') };
  const clock: Pick<Clock, 'now'> = { now: () => NOW };
  const accounts = new AccountsService(
    users as UserRepository,
    clock as Clock,
    entropy as Entropy,
    {} as AccessChangeNotifier,
    {} as UserOrganizationsService,
    {} as UnitOfWork,
  );
  return { accounts, inserted, lookups };
}

describe('AccountsService.create', () => {
  it('stores the given username, which is not derived', async () => {
    const { accounts, inserted } = given();
    const id = await accounts.create({ ...ACCOUNT, username: 'lovelace' });
    expect(inserted).toEqual([
      {
        email: ACCOUNT.email,
        password_hash: null,
        first_name: 'Ada',
        last_name: 'Lovelace',
        id,
        username: 'lovelace',
        username_is_derived: false,
        accepted_at: NOW,
        created_at: NOW,
      },
    ]);
  });

  it('throws username_taken for a given username and does not try another one', async () => {
    const { accounts, inserted } = given('ada');
    await expect(accounts.create({ ...ACCOUNT, username: 'ada' })).rejects.toMatchObject({
      code: 'username_taken',
    });
    expect(inserted).toEqual([]);
  });

  it('derives a username from the address', async () => {
    const { accounts, inserted } = given();
    await accounts.create(ACCOUNT);
    expect(inserted[0]).toMatchObject({ username: 'ada', username_is_derived: true });
  });

  it('appends new digits until a derived username is free', async () => {
    const { accounts, inserted } = given('ada', 'ada-000001', 'ada-000002');
    await accounts.create(ACCOUNT);
    expect(inserted.map(({ username }) => username)).toEqual(['ada-000003']);
  });

  it('throws email_taken instead of trying another username', async () => {
    const { accounts, inserted } = given();
    await expect(accounts.create({ ...ACCOUNT, email: 'taken@example.com' })).rejects.toMatchObject({
      status: 409,
      code: 'email_taken',
    });
    expect(inserted).toEqual([]);
  });
});

describe('AccountsService.create for an organization', () => {
  it('stores an account that its user has not accepted', async () => {
    const { accounts, inserted } = given();
    await accounts.create({ ...ACCOUNT, accepted: false });
    expect(inserted[0]?.accepted_at).toBeNull();
  });

  it('throws email_taken for an address that is reserved for another account', async () => {
    const { accounts } = given();
    await expect(accounts.create({ ...ACCOUNT, email: 'reserved@example.com' })).rejects.toMatchObject({
      code: 'email_taken',
    });
  });
});

describe('AccountsService.findCredentials', () => {
  it.each([
    ['  Ada@Example.COM ', 'ada@example.com'],
    ['ADA', 'ada'],
    ['\tada\n', 'ada'],
    ['', ''],
  ])('looks for %j as %j', async (typed, lookup) => {
    const { accounts, lookups } = given();
    await accounts.findCredentials(typed);
    expect(lookups).toEqual([lookup]);
  });
});
