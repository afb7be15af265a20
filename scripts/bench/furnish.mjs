// An organization with a thousand members, those who make the load among them; written past the application, since
// making a thousand accounts over HTTP would take longer than measuring.
import pg from 'pg';

const MEMBERS = 1000;
export const ORGANIZATION = '01900000-0000-7000-8000-000000000000';

const FURNISH = `
  INSERT INTO organizations (id, name, slug, created_at, updated_at)
  VALUES ('${ORGANIZATION}', 'Bench', 'bench', now(), now());
  INSERT INTO users (id, username, email, created_at, updated_at)
  SELECT gen_random_uuid(), 'member-' || n, 'member-' || n || '@example.com', now(), now()
  FROM generate_series(1, ${MEMBERS} - (SELECT count(*)::int FROM users)) n;
  INSERT INTO memberships (id, organization_id, user_id, role, own_act, joined_at)
  SELECT gen_random_uuid(), '${ORGANIZATION}', u.id, 'member', true, now() - make_interval(secs => row_number() OVER ())
  FROM users u;
  ANALYZE`;

export async function furnish(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(FURNISH).finally(() => client.end());
}
