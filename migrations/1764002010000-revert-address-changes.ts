import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links that restore a replaced e-mail address. While a link is valid, its address is reserved for the account. */
export class RevertAddressChanges1764002010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE mail_tokens ADD COLUMN email_verified_at timestamptz(3);
      ALTER TABLE mail_tokens DROP CONSTRAINT mail_tokens_purpose_check;
      ALTER TABLE mail_tokens ADD CONSTRAINT mail_tokens_purpose_check CHECK (purpose IN
        ('verify_email', 'reset_password', 'change_email', 'set_password', 'replace_password', 'revert_email'));
      CREATE INDEX mail_tokens_reserved_email_idx ON mail_tokens (email) WHERE purpose = 'revert_email';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX mail_tokens_reserved_email_idx;
      DELETE FROM mail_tokens WHERE purpose = 'revert_email';
      ALTER TABLE mail_tokens DROP CONSTRAINT mail_tokens_purpose_check;
      ALTER TABLE mail_tokens ADD CONSTRAINT mail_tokens_purpose_check
        CHECK (purpose IN ('verify_email', 'reset_password', 'change_email', 'set_password', 'replace_password'));
      ALTER TABLE mail_tokens DROP COLUMN email_verified_at;
    `);
  }
}
