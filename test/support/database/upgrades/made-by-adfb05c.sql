CREATE TABLE public.backup_codes (
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE public.email_codes (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    code_hash bytea NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    used_at timestamp(3) with time zone
);
CREATE TABLE public.idempotency_keys (
    scope bytea NOT NULL,
    method text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    claim uuid NOT NULL,
    lease_until timestamp(3) with time zone NOT NULL,
    status integer,
    answer bytea,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE public.installation (
    singleton boolean DEFAULT true NOT NULL,
    id uuid NOT NULL,
    secret_check bytea NOT NULL,
    CONSTRAINT installation_singleton CHECK (singleton)
);
CREATE TABLE public.login_challenges (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    email_code_id uuid,
    resends integer DEFAULT 0 NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    ended_at timestamp(3) with time zone,
    CONSTRAINT login_challenges_purpose_check CHECK ((purpose = ANY (ARRAY['verify'::text, 'setup'::text])))
);
CREATE TABLE public.mail_outbox (
    id uuid NOT NULL,
    recipient bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE public.mail_tokens (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    token_hash bytea NOT NULL,
    email text NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT mail_tokens_purpose_check CHECK ((purpose = ANY (ARRAY['verify_email'::text, 'reset_password'::text, 'change_email'::text])))
);
CREATE TABLE public.memberships (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    own_act boolean NOT NULL,
    joined_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT memberships_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'team_manager'::text, 'member'::text])))
);
CREATE TABLE public.organizations (
    id uuid NOT NULL,
    name text NOT NULL,
    slug text NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    address text,
    phone_number text,
    tax_id text,
    billing_email text,
    enforce_2fa boolean DEFAULT false NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE public.pending_factors (
    holder_id uuid NOT NULL,
    user_id uuid NOT NULL,
    method text NOT NULL,
    secret bytea,
    email_code_id uuid,
    replaces boolean NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT pending_factors_method_check CHECK ((method = ANY (ARRAY['totp'::text, 'email'::text])))
);
CREATE TABLE public.rate_windows (
    policy text NOT NULL,
    key bytea NOT NULL,
    hits timestamp(3) with time zone[] NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE public.schema_migrations (
    id integer NOT NULL,
    "timestamp" bigint NOT NULL,
    name character varying NOT NULL
);
CREATE SEQUENCE public.schema_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.schema_migrations_id_seq OWNED BY public.schema_migrations.id;
CREATE TABLE public.second_factors (
    user_id uuid NOT NULL,
    method text NOT NULL,
    secret bytea,
    last_step bigint,
    created_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT second_factors_method_check CHECK ((method = ANY (ARRAY['totp'::text, 'email'::text])))
);
CREATE TABLE public.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    user_agent text NOT NULL,
    ip text NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    last_seen_at timestamp(3) with time zone NOT NULL,
    active_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    ended_at timestamp(3) with time zone,
    end_reason text,
    password_at timestamp(3) with time zone NOT NULL,
    second_factor_at timestamp(3) with time zone,
    second_factor_method text,
    refresh_salt bytea,
    refresh_counter integer,
    refresh_rotated_at timestamp(3) with time zone,
    CONSTRAINT sessions_second_factor_method_check CHECK ((second_factor_method = ANY (ARRAY['totp'::text, 'email'::text, 'backup_code'::text])))
);
CREATE TABLE public.users (
    id uuid NOT NULL,
    username text NOT NULL,
    username_is_derived boolean DEFAULT false NOT NULL,
    email text NOT NULL,
    email_verified_at timestamp(3) with time zone,
    password_hash text,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    nickname text,
    avatar_url text,
    phone_number text,
    language text DEFAULT 'en'::text NOT NULL,
    timezone text DEFAULT 'UTC'::text NOT NULL,
    email_preferences jsonb DEFAULT '{}'::jsonb NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_first boolean DEFAULT false NOT NULL,
    home_organization_id uuid,
    primary_organization_id uuid,
    last_login_at timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);
ALTER TABLE ONLY public.schema_migrations ALTER COLUMN id SET DEFAULT nextval('public.schema_migrations_id_seq'::regclass);
INSERT INTO public.installation VALUES (true, '01a21ce5-35c4-737e-8117-18193ff086c4', '\xca3260b9dd439de8819d1e96722c1ecf8227210e12c4d89d43b199c0a3f00fba');
INSERT INTO public.mail_tokens VALUES ('01a21ce5-319c-71af-a718-e0445eef7d89', '01a21ce5-3196-7699-a462-7d82c5fd569e', 'verify_email', '\x34d5d393fae764819c627cf9676eb6639130dce6542577771b11f311a45a6b4e', 'ada@example.com', '2026-11-27 12:05:12.221+00', '2026-11-28 12:05:12.221+00');
INSERT INTO public.mail_tokens VALUES ('01a21ce5-32e6-730d-b0da-c94ae9bb3a11', '01a21ce5-32c7-70d4-a3e9-0876474f672d', 'verify_email', '\x683dcd716077eca9bbddbff147343651c835f7e3a078f3b5ea9b2be1ef242e29', 'grace@example.com', '2026-11-27 12:05:12.55+00', '2026-11-28 12:05:12.55+00');
INSERT INTO public.memberships VALUES ('01a21ce5-3199-7112-8bf7-2ccf82889f12', '01a21ce5-3198-778c-9cb4-48221d2aaa0a', '01a21ce5-3196-7699-a462-7d82c5fd569e', 'owner', true, '2026-11-27 12:05:12.216+00');
INSERT INTO public.organizations VALUES ('01a21ce5-3198-778c-9cb4-48221d2aaa0a', 'Analytical Engines', 'analytical-engines', '{}', NULL, NULL, NULL, NULL, false, '2026-11-27 12:05:12.216+00', '2026-11-27 12:05:12.216+00');
INSERT INTO public.schema_migrations VALUES (1, 1764000000000, 'CreatePlatform1764000000000');
INSERT INTO public.schema_migrations VALUES (2, 1764000100000, 'CreateAccounts1764000100000');
INSERT INTO public.schema_migrations VALUES (3, 1764000200000, 'CreateSessions1764000200000');
INSERT INTO public.sessions VALUES ('01a21ce5-31a0-74dd-a3e3-4fe48cfa6e0e', '01a21ce5-3196-7699-a462-7d82c5fd569e', 'curl/7.88.1', '127.0.0.1', '2026-11-27 12:05:12.224+00', '2026-11-27 12:05:12.224+00', '2026-11-27 12:05:12.224+00', '2026-12-27 12:05:12.224+00', NULL, NULL, '2026-11-27 12:05:12.224+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.sessions VALUES ('01a21ce5-33e0-7527-8b00-8834b38cb85f', '01a21ce5-3196-7699-a462-7d82c5fd569e', 'curl/7.88.1', '127.0.0.1', '2026-11-27 12:05:12.8+00', '2026-11-27 12:05:12.8+00', '2026-11-27 12:05:12.8+00', '2026-12-27 12:05:12.8+00', NULL, NULL, '2026-11-27 12:05:12.8+00', NULL, NULL, '\x299a6f9b65c4f45d7e5a2092ecfe0a4d', 1, NULL);
INSERT INTO public.sessions VALUES ('01a21ce5-348a-721b-9ad0-8dd5a939524b', '01a21ce5-32c7-70d4-a3e9-0876474f672d', 'curl/7.88.1', '127.0.0.1', '2026-11-27 12:05:12.97+00', '2026-11-27 12:05:12.97+00', '2026-11-27 12:05:12.97+00', '2026-12-27 12:05:12.97+00', NULL, NULL, '2026-11-27 12:05:12.97+00', NULL, NULL, '\xa63ae55bb962dbcb884b3cea8ce50322', 1, NULL);
INSERT INTO public.users VALUES ('01a21ce5-3196-7699-a462-7d82c5fd569e', 'ada', true, 'ada@example.com', NULL, '36fcc226:$2b$04$Ic2TcnrZsQVgDnLCbYWv2.S/GtvMpgBcek1BrZJ3Dt28aOfnO6/CK', 'Ada', 'Lovelace', NULL, NULL, NULL, 'en', 'UTC', '{}', true, true, '01a21ce5-3198-778c-9cb4-48221d2aaa0a', NULL, '2026-11-27 12:05:12.788+00', '2026-11-27 12:05:12.214+00', '2026-11-27 12:05:12.214+00');
INSERT INTO public.users VALUES ('01a21ce5-32c7-70d4-a3e9-0876474f672d', 'grace', false, 'grace@example.com', NULL, '36fcc226:$2b$04$l/k/x02H9B6cJIxllkF9..zxkpQ.DGPa2JEsiHGgaB4h3iN0jBKny', 'Grace', 'Hopper', NULL, NULL, NULL, 'en', 'UTC', '{}', true, false, NULL, NULL, '2026-11-27 12:05:12.967+00', '2026-11-27 12:05:12.535+00', '2026-11-27 12:05:12.535+00');
SELECT pg_catalog.setval('public.schema_migrations_id_seq', 3, true);
ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT "PK_62441bec32630ced9e4cccae336" PRIMARY KEY (id);
ALTER TABLE ONLY public.backup_codes
    ADD CONSTRAINT backup_codes_pkey PRIMARY KEY (user_id, code_hash);
ALTER TABLE ONLY public.email_codes
    ADD CONSTRAINT email_codes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_claim_key UNIQUE (claim);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, method, route, key);
ALTER TABLE ONLY public.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (singleton);
ALTER TABLE ONLY public.login_challenges
    ADD CONSTRAINT login_challenges_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.mail_outbox
    ADD CONSTRAINT mail_outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.mail_tokens
    ADD CONSTRAINT mail_tokens_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.mail_tokens
    ADD CONSTRAINT mail_tokens_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_organization_user_key UNIQUE (organization_id, user_id);
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.pending_factors
    ADD CONSTRAINT pending_factors_pkey PRIMARY KEY (holder_id);
ALTER TABLE ONLY public.rate_windows
    ADD CONSTRAINT rate_windows_pkey PRIMARY KEY (policy, key);
ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_username_key UNIQUE (username);
CREATE INDEX email_codes_expires_at_idx ON public.email_codes USING btree (expires_at);
CREATE INDEX email_codes_user_id_idx ON public.email_codes USING btree (user_id, purpose, id DESC);
CREATE INDEX idempotency_keys_expires_at_idx ON public.idempotency_keys USING btree (expires_at);
CREATE INDEX login_challenges_email_code_id_idx ON public.login_challenges USING btree (email_code_id);
CREATE INDEX login_challenges_expires_at_idx ON public.login_challenges USING btree (expires_at);
CREATE INDEX login_challenges_user_id_idx ON public.login_challenges USING btree (user_id);
CREATE INDEX mail_outbox_expires_at_idx ON public.mail_outbox USING btree (expires_at);
CREATE INDEX mail_outbox_recipient_idx ON public.mail_outbox USING btree (recipient, id DESC);
CREATE INDEX mail_tokens_expires_at_idx ON public.mail_tokens USING btree (expires_at);
CREATE INDEX mail_tokens_user_id_idx ON public.mail_tokens USING btree (user_id, purpose);
CREATE INDEX memberships_user_id_idx ON public.memberships USING btree (user_id, joined_at);
CREATE INDEX pending_factors_email_code_id_idx ON public.pending_factors USING btree (email_code_id);
CREATE INDEX pending_factors_expires_at_idx ON public.pending_factors USING btree (expires_at);
CREATE INDEX pending_factors_user_id_idx ON public.pending_factors USING btree (user_id);
CREATE INDEX rate_windows_expires_at_idx ON public.rate_windows USING btree (expires_at);
CREATE INDEX sessions_expires_at_idx ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_user_id_idx ON public.sessions USING btree (user_id, id DESC);
CREATE INDEX users_home_organization_id_idx ON public.users USING btree (home_organization_id);
CREATE INDEX users_primary_organization_id_idx ON public.users USING btree (primary_organization_id);
ALTER TABLE ONLY public.backup_codes
    ADD CONSTRAINT backup_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.email_codes
    ADD CONSTRAINT email_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.login_challenges
    ADD CONSTRAINT login_challenges_email_code_id_fkey FOREIGN KEY (email_code_id) REFERENCES public.email_codes(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.login_challenges
    ADD CONSTRAINT login_challenges_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mail_tokens
    ADD CONSTRAINT mail_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.pending_factors
    ADD CONSTRAINT pending_factors_email_code_id_fkey FOREIGN KEY (email_code_id) REFERENCES public.email_codes(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.pending_factors
    ADD CONSTRAINT pending_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_home_organization_id_fkey FOREIGN KEY (home_organization_id) REFERENCES public.organizations(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_primary_organization_id_fkey FOREIGN KEY (primary_organization_id) REFERENCES public.organizations(id) ON DELETE SET NULL;
