// Fills a database with an organization of a thousand members, among them the users of the load. The rows are inserted
// with SQL, because creating a thousand accounts over HTTP would take longer than measuring.
import pg from 'pg';

const MEMBERS = 1000;
export const ORGANIZATION = '01900000-0000-7000-8000-000000000000';

/** `selfJoined` is the name of a column, which older builds call `own_act`. */
const organizationSql = (selfJoined) => `
  INSERT INTO organizations (id, name, slug, created_at, updated_at)
  VALUES ('${ORGANIZATION}', 'Bench', 'bench', now(), now());
  INSERT INTO users (id, username, email, created_at, updated_at)
  SELECT gen_random_uuid(), 'member-' || n, 'member-' || n || '@example.com', now(), now()
  FROM generate_series(1, ${MEMBERS} - (SELECT count(*)::int FROM users)) n;
  INSERT INTO memberships (id, organization_id, user_id, role, ${selfJoined}, joined_at)
  SELECT gen_random_uuid(), '${ORGANIZATION}', u.id, 'member', true, now() - make_interval(secs => row_number() OVER ())
  FROM users u;
  ANALYZE`;

export const CONVERSATION = '01900000-0000-7000-8000-000000000001';
export const MESSAGES = 1_000_000;

/** One long conversation of the first user of the load. */
const CONVERSATION_SQL = `
  INSERT INTO conversations (id, owner_id, title, titled, metadata, message_count, created_at, updated_at)
  SELECT '${CONVERSATION}', id, 'Bench', true, '{}', ${MESSAGES}, now(), now() FROM users WHERE username = 'bench-0';
  INSERT INTO messages (id, conversation_id, seq, role, content, sources, created_at)
  SELECT gen_random_uuid(), '${CONVERSATION}', n, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END,
         repeat('Foxes live in woods and fields, ', 6) || n, '[]', now()
  FROM generate_series(1, ${MESSAGES}) n;
  ANALYZE`;

const SELF_JOINED_SQL = `
  SELECT column_name FROM information_schema.columns
  WHERE table_name = 'memberships' AND column_name IN ('self_joined', 'own_act')`;

export async function seed(databaseUrl) {
  const { rows } = await run(databaseUrl, SELF_JOINED_SQL);
  await run(databaseUrl, organizationSql(rows[0].column_name));
}

export const seedMessages = (databaseUrl) => run(databaseUrl, CONVERSATION_SQL);

async function run(databaseUrl, text) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return client.query(text).finally(() => client.end());
}
