import type { MigrationInterface, QueryRunner } from 'typeorm';

const COUNTS = [
  { table: 'organizations', members: 'memberships', reference: 'organization_id' },
  { table: 'teams', members: 'team_members', reference: 'team_id' },
];

/**
 * Keeps the number of members in the row of each organization and team: a list does not count them. A trigger keeps it,
 * because foreign keys delete memberships too.
 */
export class KeepMemberCounts1764002600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const { table, members, reference } of COUNTS) {
      await runner.query(`
        ALTER TABLE ${table} ADD COLUMN member_count integer NOT NULL DEFAULT 0;
        UPDATE ${table} t SET member_count = c.members
        FROM (SELECT ${reference} AS id, count(*) AS members FROM ${members} GROUP BY ${reference}) c WHERE c.id = t.id;
      `);
      await createTrigger(runner, { table, members, reference, event: 'INSERT', rows: 'NEW', sign: '+' });
      await createTrigger(runner, { table, members, reference, event: 'DELETE', rows: 'OLD', sign: '-' });
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table, members } of COUNTS)
      await runner.query(`
        DROP TRIGGER ${members}_count_insert ON ${members};
        DROP TRIGGER ${members}_count_delete ON ${members};
        DROP FUNCTION ${members}_count_insert();
        DROP FUNCTION ${members}_count_delete();
        ALTER TABLE ${table} DROP COLUMN member_count;
      `);
  }
}

interface CountTrigger {
  table: string;
  members: string;
  reference: string;
  event: 'INSERT' | 'DELETE';
  rows: 'NEW' | 'OLD';
  sign: '+' | '-';
}

/** Creates a trigger that runs once for each statement, with all its rows. */
async function createTrigger(
  runner: QueryRunner,
  { table, members, reference, event, rows, sign }: CountTrigger,
): Promise<void> {
  const name = `${members}_count_${event.toLowerCase()}`;
  await runner.query(`
    CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE ${table} t SET member_count = t.member_count ${sign} c.members
      FROM (SELECT ${reference} AS id, count(*) AS members FROM changed_rows GROUP BY ${reference}) c
      WHERE c.id = t.id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER ${name} AFTER ${event} ON ${members}
    REFERENCING ${rows} TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION ${name}();
  `);
}
