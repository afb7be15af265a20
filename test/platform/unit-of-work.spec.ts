import { toAppError } from '@/platform/errors/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { waitUntil } from '../support/app/server-process.js';
import { TestApp } from '../support/app/test-app.js';

const INSERT = { name: 'test.insert', text: 'INSERT INTO things (id) VALUES ($1)' };

describe('the unit of work', () => {
  let app: TestApp;
  let unitOfWork: UnitOfWork;

  beforeAll(async () => {
    app = await TestApp.start();
    unitOfWork = app.nest.get(UnitOfWork);
    await app.sql('CREATE TABLE things (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 0)');
  });
  beforeEach(() => app.sql('DELETE FROM things'));
  afterAll(() => app.stop());

  const ids = async (): Promise<number[]> =>
    (await app.sql<{ id: number }>('SELECT id FROM things ORDER BY id')).map(({ id }) => id);

  it('undoes everything when one part fails, nested units included', async () => {
    const work = unitOfWork.run(async () => {
      await unitOfWork.query(INSERT, [1]);
      await unitOfWork.run(() => unitOfWork.query(INSERT, [2]));
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await ids()).toEqual([]);
  });

  it('runs hooks after the commit, and not after a rollback', async () => {
    const seen: string[] = [];
    await unitOfWork.run(async () => {
      await unitOfWork.query(INSERT, [1]);
      await unitOfWork.afterCommit(async () => void seen.push(`committed ${(await ids()).join()}`));
      seen.push('inside');
    });
    await unitOfWork
      .run(
        async () => (
          await unitOfWork.afterCommit(() => void seen.push('never')),
          Promise.reject(new Error('no'))
        ),
      )
      .catch(() => undefined);
    expect(seen).toEqual(['inside', 'committed 1']);
  });

  it('repeats the whole after a deadlock', async () => {
    await app.sql('INSERT INTO things (id) VALUES (1), (2)');
    const bump = (id: number): Promise<object[]> =>
      unitOfWork.query({ name: 'test.bump', text: 'UPDATE things SET n = n + 1 WHERE id = $1' }, [id]);
    let arrived = 0;
    let open: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (open = resolve));
    const crossed = (first: number, second: number): Promise<unknown> =>
      unitOfWork.run(async () => {
        await bump(first);
        if ((arrived += 1) === 2) open();
        await both;
        await bump(second);
      });
    await Promise.all([crossed(1, 2), crossed(2, 1)]);
    expect(await app.sql('SELECT n FROM things')).toEqual([{ n: 2 }, { n: 2 }]);
  });

  it('repeats a statement of its own after a deadlock, and gives up with 503 after four attempts', async () => {
    await app.sql(`CREATE SEQUENCE attempts; CREATE FUNCTION fail_until(wanted bigint) RETURNS bigint LANGUAGE plpgsql AS $$
      DECLARE attempt bigint := nextval('attempts');
      BEGIN
        IF attempt < wanted THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END IF;
        RETURN attempt;
      END $$`);
    const failUntil = (attempt: number): Promise<object[]> =>
      unitOfWork.query({ name: 'test.fail', text: 'SELECT fail_until($1) AS attempt' }, [attempt]);
    expect(await failUntil(3)).toEqual([{ attempt: 3 }]);
    const error: unknown = await failUntil(100).catch((thrown: unknown) => thrown);
    expect(toAppError(error)).toMatchObject({ status: 503, code: 'overloaded', retryAfter: 5 });
    expect(await failUntil(0)).toEqual([{ attempt: 8 }]); // after 3 and 4 attempts
  });

  it('keeps a deferred unit open until its result is sealed, and loses both together', async () => {
    const act = (): Promise<string> =>
      unitOfWork.run(async () => (await unitOfWork.query(INSERT, [1]), 'result'));
    const lost = unitOfWork.runDeferred(act, { finish: () => Promise.reject(new Error('crash')) });
    await expect(lost).rejects.toThrow('crash');
    expect(await ids()).toEqual([]);
    await unitOfWork.runDeferred(act, { finish: async () => void (await unitOfWork.query(INSERT, [2])) });
    expect(await ids()).toEqual([1, 2]);
  });

  it('gives its connections back', async () => {
    for (let round = 0; round < 40; round += 1)
      await unitOfWork.run(() => Promise.reject(new Error('no'))).catch(() => undefined);
    const { pool } = unitOfWork;
    // The job queue holds one, and other jobs take some for a moment.
    await waitUntil(() => pool.totalCount - pool.idleCount <= 1, 5_000);
  });

  it('knows when a transaction is open', async () => {
    expect(() => unitOfWork.assertNoTransaction()).not.toThrow();
    await unitOfWork.run(async () => expect(() => unitOfWork.assertNoTransaction()).toThrow('outbound'));
  });
});

describe('the sweeper', () => {
  it('removes what has expired and leaves the rest', async () => {
    const app = await TestApp.start();
    const email = 'sweep@example.com';
    await app.post('/api/auth/register', {
      username: 'sweep',
      email,
      password: 'otters juggle nine lanterns',
    });
    const rows = async (): Promise<number[]> =>
      Promise.all(
        ['mail_outbox', 'mail_tokens', 'users'].map(
          async (table) => (await app.sql(`SELECT 1 FROM ${table}`)).length,
        ),
      );
    await app.nest.get(ExpiredRowSweeper).sweep();
    expect(await rows()).toEqual([1, 1, 1]);
    app.clock.advance(25 * 60 * 60);
    await app.nest.get(ExpiredRowSweeper).sweep();
    expect(await rows()).toEqual([0, 0, 1]);
    await app.stop();
  });
});
