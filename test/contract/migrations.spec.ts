import { type DataSource, getMetadataArgsStorage } from 'typeorm';
import '@/app.js';
import { createDataSource, migrate } from '@/platform/persistence/data-source.js';
import { UseIanaTimeZones1764002200000 } from '@migrations/1764002200000-use-iana-time-zones.js';
import { StoreVectorsAsArrays1764014030000 } from '@migrations/1764014030000-store-vectors-as-arrays.js';
import { migrations } from '@migrations/index.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database/databases.js';

const noOtherMigrations = (): Promise<void> => Promise.resolve();

describe('migrations', () => {
  let database: TestDatabase;
  let open: DataSource[];

  beforeEach(async () => {
    database = await createEmptyDatabase();
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((dataSource) => dataSource.destroy()));
    await database.drop();
  });

  /** Opens a data source like the server, with all entities and migrations. */
  async function connect(): Promise<DataSource> {
    const entities = getMetadataArgsStorage().tables.map(({ target }) => target);
    const dataSource = createDataSource({ url: database.url, poolMax: 4 }, entities as never, migrations);
    open.push(dataSource);
    return dataSource.initialize();
  }

  it('create exactly the schema of the entities', async () => {
    const dataSource = await connect();
    expect(dataSource.entityMetadatas.length).toBeGreaterThan(5);
    await migrate(dataSource, noOtherMigrations);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('can be reverted and applied again, with the same schema', async () => {
    const dataSource = await connect();
    const empty = await readSchema(dataSource);
    await migrate(dataSource, noOtherMigrations);
    const full = await readSchema(dataSource);
    expect(full.length).toBeGreaterThan(empty.length);
    for (let round = 1; round <= 2; round += 1) {
      for (let left = migrations.length; left > 0; left -= 1)
        await dataSource.undoLastMigration({ transaction: 'each' });
      expect(await readSchema(dataSource)).toEqual(empty);
      expect(await dataSource.runMigrations({ transaction: 'each' })).toHaveLength(migrations.length);
      expect(await readSchema(dataSource)).toEqual(full);
    }
  });

  it('are applied once if many processes start at the same time', async () => {
    const processes = await Promise.all([connect(), connect(), connect(), connect()]);
    const applied = await Promise.all(processes.map((dataSource) => migrate(dataSource, noOtherMigrations)));
    const names = migrations.map(({ name }) => name);
    expect(applied.filter(({ length }) => length > 0)).toEqual([names]);
    const rows = await processes[0]?.query<{ name: string }[]>(
      'SELECT name FROM schema_migrations ORDER BY id',
    );
    expect(rows?.map(({ name }) => name)).toEqual(names);
  });

  it('change nothing when they are applied again', async () => {
    const dataSource = await connect();
    await migrate(dataSource, noOtherMigrations);
    const before = await readSchema(dataSource);
    expect(await migrate(dataSource, noOtherMigrations)).toEqual([]);
    expect(await readSchema(dataSource)).toEqual(before);
  });

  it('replace stored time zones that PostgreSQL reads differently', async () => {
    const dataSource = await connect();
    await migrate(dataSource, noOtherMigrations);
    const stored = [
      'BST',
      'IST',
      'EST',
      'CET',
      'Cuba',
      'europe/berlin',
      'GMT',
      'Mars/Olympus',
      'UTC',
      'Asia/Tokyo',
    ];
    for (const [index, timezone] of stored.entries())
      await dataSource.query(
        `INSERT INTO users (id, username, email, password_hash, timezone, created_at, updated_at)
         VALUES (gen_random_uuid(), $1, $1, '', $2, now(), now())`,
        [`user-${index}`, timezone],
      );
    await new UseIanaTimeZones1764002200000().up(dataSource.createQueryRunner());
    const rows = await dataSource.query<{ timezone: string }[]>(
      'SELECT timezone FROM users ORDER BY username',
    );
    expect(rows.map(({ timezone }) => timezone)).toEqual([
      ...['Asia/Dhaka', 'Asia/Calcutta', 'America/Panama', 'Europe/Brussels', 'America/Havana'],
      ...['Europe/Berlin', 'UTC', 'UTC', 'UTC', 'Asia/Tokyo'],
    ]);
  });

  it('keep stored vectors, bit for bit', async () => {
    const dataSource = await connect();
    await migrate(dataSource, noOtherMigrations);
    const migration = new StoreVectorsAsArrays1764014030000();
    const runner = dataSource.createQueryRunner();
    await migration.down(runner);
    const values = Float32Array.of(0.6, -0.8, 1e-40, 0.1);
    await dataSource.query(
      `WITH a AS (SELECT gen_random_uuid() AS id, now() AS at), u AS (
         INSERT INTO users (id, username, email, password_hash, created_at, updated_at)
         SELECT id, 'ada', 'ada', '', at, at FROM a
       ), p AS (INSERT INTO knowledge_partitions (id, visibility, owner_id) SELECT id, 'private', id FROM a), d AS (
         INSERT INTO knowledge_documents (id, partition_id, title, metadata, version, created_at, updated_at)
         SELECT id, id, '', '{}', 1, at, at FROM a
       ), v AS (
         INSERT INTO knowledge_document_versions (id, document_id, version, filename, content_type, size, sha256, status,
           progress_percent, warnings, chunk_count, text_length, created_at, updated_at)
         SELECT id, id, 1, '', '', 0, '', 'ready', 0, '{}', 1, 1, at, at FROM a
       ), c AS (
         INSERT INTO knowledge_chunks (id, document_id, version_id, partition_id, ordinal, start_offset, end_offset,
           parent_start, parent_end, heading_path, context, content, configuration, words, length)
         SELECT id, id, id, id, 0, 0, 1, 0, 1, '{}', '', '', 'simple', '', 0 FROM a
       ) INSERT INTO knowledge_embeddings (chunk_id, model, embedding, context_key) SELECT id, 'words-1', $1, id FROM a`,
      [Buffer.from(values.buffer)],
    );
    await migration.up(runner);
    await runner.release();
    const rows = await dataSource.query<{ embedding: number[] }[]>(
      `SELECT embedding, (chunk_id = version_id AND chunk_id = context_key AND model = 'words-1') AS same
       FROM knowledge_embeddings`,
    );
    expect(rows).toMatchObject([{ same: true }]);
    expect(Float32Array.from(rows[0]?.embedding ?? [])).toEqual(values);
  });

  it('name all constraints and indexes explicitly', async () => {
    const dataSource = await connect();
    await migrate(dataSource, noOtherMigrations);
    const names = (await readSchema(dataSource)).filter((line) => /^(constraint|index)/.test(line));
    expect(names.length).toBeGreaterThan(20);
    // Generated names: PostgreSQL appends a number, TypeORM a hash.
    expect(
      names.filter((line) => /(_key|_check|_fkey|_idx)\d|(PK|FK|UQ|IDX|CHK)_[0-9a-f]{20}/.test(line)),
    ).toEqual([]);
  });

  it('have an ON DELETE rule for every foreign key', async () => {
    const dataSource = await connect();
    await migrate(dataSource, noOtherMigrations);
    const silent = await dataSource.query<object[]>(
      `SELECT conname FROM pg_constraint
       WHERE contype = 'f' AND confdeltype = 'a' AND connamespace = 'public'::regnamespace`,
    );
    expect(silent).toEqual([]);
  });
});

/** Returns columns, constraints and indexes, one a line, without the table of migrations. */
async function readSchema(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<{ line: string }[]>(`
    SELECT line FROM (
      SELECT table_name, format('column %s.%s %s null=%s default=%s', table_name, column_name,
               format_type(a.atttypid, a.atttypmod), is_nullable, column_default) AS line
      FROM information_schema.columns
      JOIN pg_attribute a ON a.attrelid = format('%I.%I', table_schema, table_name)::regclass AND a.attname = column_name
      WHERE table_schema = 'public'
      UNION ALL
      SELECT conrelid::regclass::text, format('constraint %s %s', conname, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION ALL
      SELECT tablename, format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
    ) parts WHERE table_name <> 'schema_migrations' ORDER BY line`);
  return rows.map(({ line }) => line);
}
