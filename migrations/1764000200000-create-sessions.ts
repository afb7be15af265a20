import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Log-ins, the challenges before them, second factors, and the single-use tokens that travel by mail. */
export class CreateSessions1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sessions (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        user_agent text NOT NULL,
        ip text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        last_seen_at timestamptz(3) NOT NULL,
        active_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        ended_at timestamptz(3),
        end_reason text,
        password_at timestamptz(3) NOT NULL,
        second_factor_at timestamptz(3),
        second_factor_method text,
        refresh_salt bytea,
        refresh_counter integer,
        refresh_rotated_at timestamptz(3),
        CONSTRAINT sessions_pkey PRIMARY KEY (id),
        CONSTRAINT sessions_second_factor_method_check
          CHECK (second_factor_method IN ('totp', 'email', 'backup_code')),
        CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX sessions_user_id_idx ON sessions (user_id, id DESC);
      CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

      CREATE TABLE second_factors (
        user_id uuid NOT NULL,
        method text NOT NULL,
        secret bytea,
        last_step bigint,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT second_factors_pkey PRIMARY KEY (user_id),
        CONSTRAINT second_factors_method_check CHECK (method IN ('totp', 'email')),
        CONSTRAINT second_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );

      CREATE TABLE backup_codes (
        user_id uuid NOT NULL,
        code_hash bytea NOT NULL,
        used_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT backup_codes_pkey PRIMARY KEY (user_id, code_hash),
        CONSTRAINT backup_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );

      CREATE TABLE email_codes (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        purpose text NOT NULL,
        code_hash bytea NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        used_at timestamptz(3),
        CONSTRAINT email_codes_pkey PRIMARY KEY (id),
        CONSTRAINT email_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX email_codes_user_id_idx ON email_codes (user_id, purpose, id DESC);
      CREATE INDEX email_codes_expires_at_idx ON email_codes (expires_at);

      CREATE TABLE login_challenges (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        purpose text NOT NULL,
        email_code_id uuid,
        resends integer NOT NULL DEFAULT 0,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        ended_at timestamptz(3),
        CONSTRAINT login_challenges_pkey PRIMARY KEY (id),
        CONSTRAINT login_challenges_purpose_check CHECK (purpose IN ('verify', 'setup')),
        CONSTRAINT login_challenges_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT login_challenges_email_code_id_fkey FOREIGN KEY (email_code_id)
          REFERENCES email_codes (id) ON DELETE SET NULL
      );
      CREATE INDEX login_challenges_user_id_idx ON login_challenges (user_id);
      CREATE INDEX login_challenges_expires_at_idx ON login_challenges (expires_at);
      CREATE INDEX login_challenges_email_code_id_idx ON login_challenges (email_code_id);

      CREATE TABLE pending_factors (
        holder_id uuid NOT NULL,
        user_id uuid NOT NULL,
        method text NOT NULL,
        secret bytea,
        email_code_id uuid,
        replaces boolean NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT pending_factors_pkey PRIMARY KEY (holder_id),
        CONSTRAINT pending_factors_method_check CHECK (method IN ('totp', 'email')),
        CONSTRAINT pending_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT pending_factors_email_code_id_fkey FOREIGN KEY (email_code_id)
          REFERENCES email_codes (id) ON DELETE SET NULL
      );
      CREATE INDEX pending_factors_user_id_idx ON pending_factors (user_id);
      CREATE INDEX pending_factors_expires_at_idx ON pending_factors (expires_at);
      CREATE INDEX pending_factors_email_code_id_idx ON pending_factors (email_code_id);

      CREATE TABLE mail_tokens (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        purpose text NOT NULL,
        token_hash bytea NOT NULL,
        email text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT mail_tokens_pkey PRIMARY KEY (id),
        CONSTRAINT mail_tokens_token_hash_key UNIQUE (token_hash),
        CONSTRAINT mail_tokens_purpose_check CHECK (purpose IN ('verify_email', 'reset_password', 'change_email')),
        CONSTRAINT mail_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX mail_tokens_user_id_idx ON mail_tokens (user_id, purpose);
      CREATE INDEX mail_tokens_expires_at_idx ON mail_tokens (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE mail_tokens, pending_factors, login_challenges, email_codes, backup_codes,
                        second_factors, sessions`);
  }
}
