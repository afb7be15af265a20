import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts that an organization made: a password to be set by mail, or to be replaced at the next login. */
export class AdministerAccounts1764000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users ADD COLUMN must_change_password boolean NOT NULL DEFAULT false;
      ALTER TABLE users ADD COLUMN keys_suspended_at timestamptz(3);
      ALTER TABLE mail_tokens DROP CONSTRAINT mail_tokens_purpose_check;
      ALTER TABLE mail_tokens ADD CONSTRAINT mail_tokens_purpose_check
        CHECK (purpose IN ('verify_email', 'reset_password', 'change_email', 'set_password', 'replace_password'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM mail_tokens WHERE purpose IN ('set_password', 'replace_password');
      ALTER TABLE mail_tokens DROP CONSTRAINT mail_tokens_purpose_check;
      ALTER TABLE mail_tokens ADD CONSTRAINT mail_tokens_purpose_check
        CHECK (purpose IN ('verify_email', 'reset_password', 'change_email'));
      ALTER TABLE users DROP COLUMN keys_suspended_at;
      ALTER TABLE users DROP COLUMN must_change_password;
    `);
  }
}
