CREATE FUNCTION public.search_words(source text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        SELECT CASE
          WHEN octet_length(t) = length(t) OR t !~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]' THEN to_tsvector('english', t)
          ELSE to_tsvector('english', regexp_replace(t, '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+', ' ', 'g'))
            || to_tsvector('simple', regexp_replace(u, '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2})', '\1 ', 'g'))
            || to_tsvector('simple', regexp_replace(regexp_replace(u, '(^| )[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]', '\1', 'g'),
                 '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2})', '\1 ', 'g'))
        END
        FROM (SELECT t, left(regexp_replace(t, '[^\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+', ' ', 'g'), 40000) AS u
              FROM translate(left(source, 200000), '<>/-', '    ') AS t) AS texts
      $$;
CREATE TABLE public.api_keys (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    created_by uuid NOT NULL,
    name text NOT NULL,
    key_hash bytea NOT NULL,
    key_prefix text NOT NULL,
    scopes text[] NOT NULL,
    allowed_ips text[] NOT NULL,
    second_factor boolean NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    armed_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone,
    last_used_at timestamp(3) with time zone
);
CREATE TABLE public.audit_events (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    actor_id uuid,
    api_key_id uuid,
    action text NOT NULL,
    target_type text NOT NULL,
    target_id uuid,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE public.backup_codes (
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE public.conversations (
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    organization_id uuid,
    title text NOT NULL,
    titled boolean NOT NULL,
    provider text,
    metadata jsonb NOT NULL,
    message_count integer NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
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
CREATE TABLE public.generation_events (
    generation_id uuid NOT NULL,
    first_event integer NOT NULL,
    last_event integer NOT NULL,
    provider text,
    model text,
    frames bytea NOT NULL
);
CREATE TABLE public.generations (
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    organization_id uuid,
    key_id uuid,
    conversation_id uuid,
    node_id uuid NOT NULL,
    state text NOT NULL,
    stopping boolean DEFAULT false NOT NULL,
    input_tokens integer NOT NULL,
    request_key bytea,
    fingerprint bytea,
    reservation_id uuid,
    created_at timestamp(3) with time zone NOT NULL,
    ended_at timestamp(3) with time zone,
    expires_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT generations_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'stopped'::text, 'failed'::text])))
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
    has_first_user boolean DEFAULT false NOT NULL,
    CONSTRAINT installation_singleton CHECK (singleton)
);
CREATE TABLE public.integration_grants (
    jti uuid NOT NULL,
    organization_id uuid NOT NULL,
    created_by uuid,
    kid text NOT NULL,
    mode text NOT NULL,
    origin text NOT NULL,
    scopes text[] NOT NULL,
    second_factor boolean NOT NULL,
    issued_at timestamp(3) with time zone NOT NULL,
    valid_until timestamp(3) with time zone NOT NULL,
    revoked_at timestamp(3) with time zone,
    revoked_by uuid,
    reason text,
    expires_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT integration_grants_mode_check CHECK ((mode = ANY (ARRAY['api'::text, 'embed'::text])))
);
CREATE TABLE public.integration_keys (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    kid text NOT NULL,
    public_key bytea NOT NULL,
    private_key bytea NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    retired_at timestamp(3) with time zone,
    published_until timestamp(3) with time zone
);
CREATE TABLE public.invitations (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    status text NOT NULL,
    token_hash bytea NOT NULL,
    invited_by uuid,
    accepted_by uuid,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    accepted_at timestamp(3) with time zone,
    CONSTRAINT invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'team_manager'::text, 'member'::text]))),
    CONSTRAINT invitations_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'accepted'::text, 'revoked'::text])))
);
CREATE TABLE public.learning_sessions (
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    started_at timestamp(3) with time zone NOT NULL,
    last_activity_at timestamp(3) with time zone NOT NULL,
    ended_at timestamp(3) with time zone,
    CONSTRAINT learning_sessions_order_check CHECK (((last_activity_at >= started_at) AND (ended_at >= last_activity_at)))
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
    CONSTRAINT mail_tokens_purpose_check CHECK ((purpose = ANY (ARRAY['verify_email'::text, 'reset_password'::text, 'change_email'::text, 'set_password'::text, 'replace_password'::text])))
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
CREATE TABLE public.messages (
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq integer NOT NULL,
    role text NOT NULL,
    content text NOT NULL,
    provider text,
    model text,
    finish_reason text,
    usage jsonb,
    sources jsonb NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT messages_finish_reason_check CHECK ((finish_reason = ANY (ARRAY['stop'::text, 'length'::text, 'content_filter'::text, 'stopped'::text, 'error'::text]))),
    CONSTRAINT messages_role_check CHECK ((role = ANY (ARRAY['user'::text, 'assistant'::text, 'system'::text])))
);
CREATE TABLE public.nodes (
    id uuid NOT NULL,
    worker_pool text,
    seen_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE public.notes (
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    organization_id uuid,
    conversation_id uuid,
    title text,
    content text NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
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
    updated_at timestamp(3) with time zone NOT NULL,
    description text
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
CREATE TABLE public.search_entries (
    source_id uuid NOT NULL,
    kind text NOT NULL,
    owner_id uuid NOT NULL,
    organization_id uuid,
    conversation_id uuid,
    note_id uuid,
    local boolean NOT NULL,
    tsv tsvector NOT NULL,
    length integer NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT search_entries_kind_check CHECK (
CASE kind
    WHEN 'note'::text THEN ((note_id IS NOT NULL) AND (conversation_id IS NULL))
    WHEN 'conversation'::text THEN ((note_id IS NULL) AND (conversation_id IS NOT NULL))
    WHEN 'message'::text THEN ((note_id IS NULL) AND (conversation_id IS NOT NULL))
    ELSE false
END)
);
ALTER TABLE ONLY public.search_entries ALTER COLUMN tsv SET STORAGE EXTERNAL;
CREATE TABLE public.search_reindex (
    id boolean NOT NULL,
    run_id uuid NOT NULL,
    stage text NOT NULL,
    after uuid,
    total integer,
    done integer NOT NULL,
    started_at timestamp(3) with time zone NOT NULL,
    progressed_at timestamp(3) with time zone NOT NULL,
    finished_at timestamp(3) with time zone,
    failed_reason text,
    CONSTRAINT search_reindex_only_one_check CHECK (id),
    CONSTRAINT search_reindex_stage_check CHECK ((stage = ANY (ARRAY['conversation'::text, 'message'::text, 'note'::text, 'orphan'::text, 'finished'::text])))
);
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
CREATE TABLE public.team_members (
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    joined_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE public.teams (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE public.token_counters (
    subject uuid NOT NULL,
    month date NOT NULL,
    used bigint NOT NULL,
    reserved bigint NOT NULL,
    CONSTRAINT token_counters_reserved_check CHECK ((reserved >= 0))
);
CREATE TABLE public.token_reservations (
    id uuid NOT NULL,
    month date NOT NULL,
    subjects uuid[] NOT NULL,
    tokens bigint NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    node_id uuid NOT NULL
);
CREATE TABLE public.token_usage (
    month date NOT NULL,
    user_id uuid NOT NULL,
    via uuid NOT NULL,
    organization_id uuid,
    provider text NOT NULL,
    model text NOT NULL,
    requests bigint NOT NULL,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL
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
    updated_at timestamp(3) with time zone NOT NULL,
    must_change_password boolean DEFAULT false NOT NULL,
    keys_suspended_at timestamp(3) with time zone
);
ALTER TABLE ONLY public.schema_migrations ALTER COLUMN id SET DEFAULT nextval('public.schema_migrations_id_seq'::regclass);
INSERT INTO public.api_keys VALUES ('01a21ce5-7924-75f8-96c2-d90a7bbe03f1', '01a21ce5-72b8-755e-b8bd-25402a8538c6', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', 'Reports', '\x4fae0861bfb53c5b48b15887d15d7efb4b87181f8ec9c0a48b3e9d7324769be2', 'xntr-T6qymgJ', '{conversations:read}', '{}', false, '2026-11-27 12:05:30.532+00', '2026-11-27 12:05:30.532+00', NULL, NULL);
INSERT INTO public.audit_events VALUES ('01a21ce5-72e8-736b-9569-ad80289cea9c', '01a21ce5-72b8-755e-b8bd-25402a8538c6', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, 'organization.created', 'organization', '01a21ce5-72b8-755e-b8bd-25402a8538c6', '{}', '2026-11-27 12:05:28.936+00');
INSERT INTO public.audit_events VALUES ('01a21ce5-7718-779b-974c-4e4bec3629ad', '01a21ce5-72b8-755e-b8bd-25402a8538c6', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, 'member.added', 'user', '01a21ce5-743e-70a0-a2fa-e84a2123cf53', '{"role": "member"}', '2026-11-27 12:05:30.008+00');
INSERT INTO public.audit_events VALUES ('01a21ce5-794b-7511-b1a0-c5aad6a49f10', '01a21ce5-72b8-755e-b8bd-25402a8538c6', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, 'api_key.created', 'api_key', '01a21ce5-7924-75f8-96c2-d90a7bbe03f1', '{"scopes": ["conversations:read"]}', '2026-11-27 12:05:30.572+00');
INSERT INTO public.conversations VALUES ('01a21ce5-77dd-75a9-81a0-8cfbdea6da44', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, 'Bernoulli numbers', true, NULL, '{}', 2, '2026-11-27 12:05:30.205+00', '2026-11-27 12:05:30.38+00');
INSERT INTO public.generation_events VALUES ('01a21ce5-7842-711c-b21d-18469213d30c', 1, 3, NULL, NULL, '\x0136fcc2261709f71918c915f3a483735c40a7311a7170102e4859b96a0e19894cb9bfff6952bc943352498359e02a767d616c050e4394154bd8094a53d5186e294ff32fd68e9abaf99796a0d5e94ed51a0406ea8704722eb2e9c37de3e77ce5e70750f38b4b3a6f6a83b72e1d286e82f3ebb6d3dcbc4d36dc93b0b2c8cb09e44c9303af72de908caf6f27a30c3b087ba362b987261250822209c26ace44e4d1e8470351f8c17165f52e2c9f8ceb1d6b3d3780b2402a7c4597b04a4175db9cbb7b3b2af0c580c56eb324d3e31cc5d00545731aa2bc3b0e025ac981fb261a2c38f1e03e47a91201abe018dcff87cba1e2c1e7b2894755ff69558ee0283443bb03d6ad264774624a4b124ff5d16a6d2da6cda7ab42d0b770f7a522cfcf33d1c92e14b3da9faf981e7da5c55aab25909ace11d30832feba719c8781aeca80285eadc08daf048d0a6777e328fc5ec09215a64865734b0d5675501b5ce8746a5db0650711161277ef39dcffd2f4c6918a8115a200681c28f849765176f15dbeb3113ce343bdad3931c29f8480f10c92c87c4f0f875d1ea45c7ea8b0a9854d5a374690ef76e58941fbb6d8a7614376be9eaed83fe9d88d816985d32799afe70b9db2e18bb41f48ae751b8cbf591584175d950521724d1b8d0ba41ca9a634244b8feb20599934a3913155e579f17c74a1b95d9dd3a7a4adb904c2a75672fb2ae02babe30d43fcb9bdb27581f7bd11b24a53ea0c7369b1c8e0486c88deecb41e826556a483bcfacf2ea3e1984a18a7c179d6c98d88facd914f7548a2faffbb7d7c11d5ee00e2b658fa5d679d3bae59000deadac44854c0cc8e5c4e425610f6bcf4971430b47a71203b51bc42e0b400c7630e3b3feacd276bc85d6306f041608e2d8c050a69785205125ce7785ee7221b935ee04700bd67b90b9fb8b03fd9631f8b1c43bfcf5c1ff6a5b03ad934b5f05bc74385380ea22a8ad5404813ac231d8f3b78711d9fdb4efe1abe0782c69efada69d79947a8cecd63373324c74e2b1de7d82853a1809129c499d06270be0a4d4279ac96f9084089767cadd84695a82d8478aa9a83553249f849e7707d4e1d6bea6adeae90dc4b24d7903b5399245270c17f121c5755423be7778c0f8b8df6a0b25c7ae13e6d87fac150b2cb81abaca54721c287e57f13af7e461fc7d3c26e72196f031886156ddb9ac10f3a0965c49b09ae4c06fbbebd64294371809b435f13cf1befb678564e1f434c2b32b6c9c211c9778ad03f816356ae0ae5eed87325ed8a229937c41ae241bed5485a6ebe2c62b1a18707bc78f8a54afcd318ebab674cd73499e51f235499f53aa81ff86a90f6f2fd279990bfc330f3fd867f3d30827b9c0185af39199ecd32089882f70a903f7c457c96df183ba82fd51ea6828adf2003294e51bc15cd5ed028587799b0741a3dac3301a2aa8e6294802691e6c71cb82edeeae045f17bc2197ade9bd92e9c7c5cc75cf7836b2e2adc081d14de5c91fe3e555cb0ec2b764bcce2edc76615c043290c1bb0bc28423b18e8887b204380883713895599ce61e94f9ec39aa9238dcac83f79c2363f2af6103151b253c3d4cfb3611c376d88d47e3f4da68b15fd0e6b75e3a680a42cb65e08289d308a034a26f8e2b87f1b07071e6267a38c1068615ed04454930eaf234e9de3871ecd95cdde0b0f7274bf794ab08de818ddf568e1c32efadd430822c9f2275adeee09e92812b660063a1923981cd9f9cee37b45ce72be8a06fb70681dbbbd8106cf4d13fc9fe59d837cdb002ddcc7b0f8d79e2342db2f990aa62e661ac7d0f7a6df779622c03f768728c08018b4447f03e881c2019ed8c7c3c815b3246c2487d64fa93d14649786d3f520d0a749e7bbe6482a31865c927427962a8640ba95afc140a62eadc9f8a0d3a1dd89b537f906ec6322096080672452d5f63c5afa65d3376827ee32967312651148e2850a70c473e2a5aa526c6f94556e1416c712cb46b3a4ac88c4cd5dfef7174d9f4b5f178700b49b2b710a06d846825ef6cac0606d623dd6703cbf94dfa6cb3e74500ad2c56ad58084675383008c3cf4cfb1d830f85a880e48ce66d0d97cd5b8fdba91533775da66b2cc11b1f011cac931159c7f01938d12fc54db9021d11b1dc7645e4eb48a0439461b93e39e641e95aa24679271054e399769d97eb2bfb4a54e2e0f48080c4c107f7d5920d3523d8690eb7709e01e6ad0f817d0b3ceb221df43f19d40144ad88941962a65afd21e1078086a462b58ec0e327e27decd06e3aa');
INSERT INTO public.generations VALUES ('01a21ce5-7842-711c-b21d-18469213d30c', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, NULL, '01a21ce5-77dd-75a9-81a0-8cfbdea6da44', '01a21ce5-6a73-713a-92fd-d113d8b15691', 'done', false, 11, NULL, NULL, NULL, '2026-11-27 12:05:30.307+00', '2026-11-27 12:05:30.367+00', '2026-11-28 12:05:30.307+00');
INSERT INTO public.installation VALUES (true, '01a21ce5-6a6d-704a-b514-8f63f7a4e17f', '\xca3260b9dd439de8819d1e96722c1ecf8227210e12c4d89d43b199c0a3f00fba', true);
INSERT INTO public.mail_tokens VALUES ('01a21ce5-731a-7405-9229-a3ce141a883e', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', 'verify_email', '\x75ba4137c760c7ba652b3e25272c1206fb2462f46efebde1af3047456468273d', 'ada@example.com', '2026-11-27 12:05:28.987+00', '2026-11-28 12:05:28.987+00');
INSERT INTO public.mail_tokens VALUES ('01a21ce5-7467-753f-8dd5-e5444cac63cd', '01a21ce5-743e-70a0-a2fa-e84a2123cf53', 'verify_email', '\xeed5b5b76361f7cad74abe43127b0921277876a0b8e153f9e134a85e2e7838a8', 'grace@example.com', '2026-11-27 12:05:29.32+00', '2026-11-28 12:05:29.32+00');
INSERT INTO public.memberships VALUES ('01a21ce5-72c6-7460-b34f-260a6f487329', '01a21ce5-72b8-755e-b8bd-25402a8538c6', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', 'owner', true, '2026-11-27 12:05:28.902+00');
INSERT INTO public.memberships VALUES ('01a21ce5-7706-706d-a1da-2b7c996b0031', '01a21ce5-72b8-755e-b8bd-25402a8538c6', '01a21ce5-743e-70a0-a2fa-e84a2123cf53', 'member', false, '2026-11-27 12:05:29.99+00');
INSERT INTO public.messages VALUES ('01a21ce5-783c-77fa-a5d5-40988a48960b', '01a21ce5-77dd-75a9-81a0-8cfbdea6da44', 1, 'user', 'What does the analytical engine compute?', NULL, NULL, NULL, NULL, '[]', '2026-11-27 12:05:30.3+00');
INSERT INTO public.messages VALUES ('01a21ce5-7842-711c-b21d-17bf0fd51ebb', '01a21ce5-77dd-75a9-81a0-8cfbdea6da44', 2, 'assistant', 'No language model answered this, and I found nothing about it in your notes and conversations. I am the built-in responder of this server: I can only quote what you have written here.
To get real answers, whoever runs this server adds a provider: an API key in `OPENAI_API_KEY`, `ANTHROPIC_API_KEY` or `GOOGLE_GENERATIVE_AI_API_KEY`, an Ollama in `OLLAMA_BASE_URL`, or any OpenAI-compatible endpoint in `OPENAI_COMPATIBLE_<NAME>_BASE_URL`. `GET /api/ai/providers` shows what is there.', 'local', 'local-extractive', 'stop', NULL, '[]', '2026-11-27 12:05:30.38+00');
INSERT INTO public.notes VALUES ('01a21ce5-7775-761f-8729-8e1a6c27e5c0', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, NULL, 'Engine', 'Notes about the analytical engine', '2026-11-27 12:05:30.101+00', '2026-11-27 12:05:30.101+00');
INSERT INTO public.organizations VALUES ('01a21ce5-72b8-755e-b8bd-25402a8538c6', 'Analytical Engines', 'analytical-engines', '{}', NULL, NULL, NULL, NULL, false, '2026-11-27 12:05:28.889+00', '2026-11-27 12:05:28.889+00', NULL);
INSERT INTO public.schema_migrations VALUES (1, 1764000000000, 'CreatePlatform1764000000000');
INSERT INTO public.schema_migrations VALUES (2, 1764000100000, 'CreateAccounts1764000100000');
INSERT INTO public.schema_migrations VALUES (3, 1764000200000, 'CreateSessions1764000200000');
INSERT INTO public.schema_migrations VALUES (4, 1764000300000, 'CreateTeamsAndInvitations1764000300000');
INSERT INTO public.schema_migrations VALUES (5, 1764000400000, 'AdministerAccounts1764000400000');
INSERT INTO public.schema_migrations VALUES (6, 1764000500000, 'CreateApiKeys1764000500000');
INSERT INTO public.schema_migrations VALUES (7, 1764000600000, 'CreateIntegrationTokens1764000600000');
INSERT INTO public.schema_migrations VALUES (8, 1764000700000, 'CreateConversations1764000700000');
INSERT INTO public.schema_migrations VALUES (9, 1764000800000, 'CreateSearch1764000800000');
INSERT INTO public.schema_migrations VALUES (10, 1764000850000, 'CreateNodes1764000850000');
INSERT INTO public.schema_migrations VALUES (11, 1764000900000, 'CreateGenerations1764000900000');
INSERT INTO public.search_entries VALUES ('01a21ce5-7775-761f-8729-8e1a6c27e5c0', 'note', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, NULL, '01a21ce5-7775-761f-8729-8e1a6c27e5c0', false, '''@01a21ce5-72af-747a-b03e-fc2b1379f5fb'' ''analyt'':6 ''engin'':1A,2A,7 ''note'':3', 3, '2026-11-27 12:05:30.101+00');
INSERT INTO public.search_entries VALUES ('01a21ce5-77dd-75a9-81a0-8cfbdea6da44', 'conversation', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, '01a21ce5-77dd-75a9-81a0-8cfbdea6da44', NULL, false, '''@01a21ce5-72af-747a-b03e-fc2b1379f5fb'' ''bernoulli'':1A,3A ''number'':2A,4A', 2, '2026-11-27 12:05:30.205+00');
INSERT INTO public.search_entries VALUES ('01a21ce5-783c-77fa-a5d5-40988a48960b', 'message', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, '01a21ce5-77dd-75a9-81a0-8cfbdea6da44', NULL, false, '''@01a21ce5-72af-747a-b03e-fc2b1379f5fb'' ''analyt'':4 ''comput'':6 ''engin'':5', 3, '2026-11-27 12:05:30.3+00');
INSERT INTO public.search_entries VALUES ('01a21ce5-7842-711c-b21d-17bf0fd51ebb', 'message', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, '01a21ce5-77dd-75a9-81a0-8cfbdea6da44', NULL, true, '''@01a21ce5-72af-747a-b03e-fc2b1379f5fb'' ''add'':43 ''ai'':59,81 ''answer'':4,38 ''anthrop'':53 ''api'':47,51,54,60,80 ''base'':66,77 ''built'':20 ''compat'':71,75 ''convers'':16 ''endpoint'':72 ''found'':8 ''generat'':58 ''get'':36,79 ''googl'':57 ''key'':48,52,55,61 ''languag'':2 ''model'':3 ''name'':76 ''note'':14 ''noth'':9 ''ollama'':63,65 ''openai'':50,70,74 ''provid'':45,82 ''quot'':29 ''real'':37 ''respond'':22 ''run'':40 ''server'':25,42 ''show'':83 ''url'':67,78 ''whoever'':39 ''written'':33', 32, '2026-11-27 12:05:30.38+00');
INSERT INTO public.sessions VALUES ('01a21ce5-7342-76cc-b879-c25f7121529f', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', 'curl/7.88.1', '127.0.0.1', '2026-11-27 12:05:29.026+00', '2026-11-27 12:05:29.026+00', '2026-11-27 12:05:29.026+00', '2026-12-27 12:05:29.027+00', NULL, NULL, '2026-11-27 12:05:29.026+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.sessions VALUES ('01a21ce5-762f-7266-bb87-fb86c31f4f87', '01a21ce5-743e-70a0-a2fa-e84a2123cf53', 'curl/7.88.1', '127.0.0.1', '2026-11-27 12:05:29.775+00', '2026-11-27 12:05:29.775+00', '2026-11-27 12:05:29.775+00', '2026-12-27 12:05:29.775+00', NULL, NULL, '2026-11-27 12:05:29.775+00', NULL, NULL, '\x99c51b37740565eb2390fe5cd61bafe2', 1, NULL);
INSERT INTO public.sessions VALUES ('01a21ce5-75a5-7589-964b-35aa926c2ab3', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', 'curl/7.88.1', '127.0.0.1', '2026-11-27 12:05:29.637+00', '2026-11-27 12:05:29.868+00', '2026-11-27 12:05:29.637+00', '2026-12-27 12:05:29.637+00', NULL, NULL, '2026-11-27 12:05:29.637+00', NULL, NULL, '\xb8c284fd17dcb307c8f7f90db025fa71', 1, NULL);
INSERT INTO public.token_counters VALUES ('01a21ce5-72af-747a-b03e-fc2b1379f5fb', '2026-11-01', 0, 0);
INSERT INTO public.token_usage VALUES ('2026-11-01', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', '01a21ce5-72af-747a-b03e-fc2b1379f5fb', NULL, 'local', 'local-extractive', 1, 0, 0);
INSERT INTO public.users VALUES ('01a21ce5-72af-747a-b03e-fc2b1379f5fb', 'ada', true, 'ada@example.com', NULL, '36fcc226:$2b$04$8RPMMJO6T097cor/QjOOrOM400T.G2ryLbRVJkI6w/KwRX96MhULC', 'Ada', 'Lovelace', NULL, NULL, NULL, 'en', 'UTC', '{}', true, true, '01a21ce5-72b8-755e-b8bd-25402a8538c6', NULL, '2026-11-27 12:05:29.616+00', '2026-11-27 12:05:28.879+00', '2026-11-27 12:05:28.879+00', false, NULL);
INSERT INTO public.users VALUES ('01a21ce5-743e-70a0-a2fa-e84a2123cf53', 'grace', false, 'grace@example.com', NULL, '36fcc226:$2b$04$jvKKslBYIaBZ2u7Bcy3KYOOxGRC9E/A3kT9BWygzreEuuGA8AnFbS', 'Grace', 'Hopper', NULL, NULL, NULL, 'en', 'UTC', '{}', true, false, NULL, NULL, '2026-11-27 12:05:29.765+00', '2026-11-27 12:05:29.278+00', '2026-11-27 12:05:29.278+00', false, NULL);
SELECT pg_catalog.setval('public.schema_migrations_id_seq', 11, true);
ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT "PK_62441bec32630ced9e4cccae336" PRIMARY KEY (id);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.backup_codes
    ADD CONSTRAINT backup_codes_pkey PRIMARY KEY (user_id, code_hash);
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.email_codes
    ADD CONSTRAINT email_codes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.generation_events
    ADD CONSTRAINT generation_events_pkey PRIMARY KEY (generation_id, first_event);
ALTER TABLE ONLY public.generations
    ADD CONSTRAINT generations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_claim_key UNIQUE (claim);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, method, route, key);
ALTER TABLE ONLY public.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (singleton);
ALTER TABLE ONLY public.integration_grants
    ADD CONSTRAINT integration_grants_pkey PRIMARY KEY (jti);
ALTER TABLE ONLY public.integration_keys
    ADD CONSTRAINT integration_keys_kid_key UNIQUE (kid);
ALTER TABLE ONLY public.integration_keys
    ADD CONSTRAINT integration_keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.learning_sessions
    ADD CONSTRAINT learning_sessions_pkey PRIMARY KEY (id);
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
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_conversation_id_seq_key UNIQUE (conversation_id, seq);
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.nodes
    ADD CONSTRAINT nodes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.pending_factors
    ADD CONSTRAINT pending_factors_pkey PRIMARY KEY (holder_id);
ALTER TABLE ONLY public.rate_windows
    ADD CONSTRAINT rate_windows_pkey PRIMARY KEY (policy, key);
ALTER TABLE ONLY public.search_entries
    ADD CONSTRAINT search_entries_pkey PRIMARY KEY (source_id);
ALTER TABLE ONLY public.search_reindex
    ADD CONSTRAINT search_reindex_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_pkey PRIMARY KEY (team_id, user_id);
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_organization_id_id_key UNIQUE (organization_id, id);
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.token_counters
    ADD CONSTRAINT token_counters_pkey PRIMARY KEY (subject, month);
ALTER TABLE ONLY public.token_reservations
    ADD CONSTRAINT token_reservations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.token_usage
    ADD CONSTRAINT token_usage_pkey PRIMARY KEY (user_id, month, via, provider, model);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_username_key UNIQUE (username);
CREATE INDEX api_keys_membership_idx ON public.api_keys USING btree (organization_id, created_by);
CREATE INDEX api_keys_organization_id_idx ON public.api_keys USING btree (organization_id, id DESC);
CREATE INDEX audit_events_action_idx ON public.audit_events USING btree (organization_id, action, id DESC);
CREATE INDEX audit_events_actor_id_idx ON public.audit_events USING btree (organization_id, actor_id, id DESC);
CREATE INDEX audit_events_organization_id_idx ON public.audit_events USING btree (organization_id, id DESC);
CREATE INDEX audit_events_target_id_idx ON public.audit_events USING btree (organization_id, target_id, id DESC);
CREATE INDEX conversations_organization_id_idx ON public.conversations USING btree (organization_id, owner_id, id DESC);
CREATE INDEX conversations_owner_id_idx ON public.conversations USING btree (owner_id, id DESC);
CREATE INDEX email_codes_expires_at_idx ON public.email_codes USING btree (expires_at);
CREATE INDEX email_codes_user_id_idx ON public.email_codes USING btree (user_id, purpose, id DESC);
CREATE INDEX generations_conversation_id_idx ON public.generations USING btree (conversation_id) WHERE (conversation_id IS NOT NULL);
CREATE INDEX generations_expires_at_idx ON public.generations USING btree (expires_at);
CREATE UNIQUE INDEX generations_one_running_key ON public.generations USING btree (conversation_id) WHERE ((state = 'running'::text) AND (conversation_id IS NOT NULL));
CREATE INDEX generations_organization_id_idx ON public.generations USING btree (organization_id) WHERE (organization_id IS NOT NULL);
CREATE INDEX generations_owner_id_idx ON public.generations USING btree (owner_id);
CREATE UNIQUE INDEX generations_request_key_key ON public.generations USING btree (request_key) WHERE (request_key IS NOT NULL);
CREATE INDEX generations_running_idx ON public.generations USING btree (node_id) WHERE (state = 'running'::text);
CREATE INDEX idempotency_keys_expires_at_idx ON public.idempotency_keys USING btree (expires_at);
CREATE INDEX integration_grants_created_by_idx ON public.integration_grants USING btree (created_by, organization_id);
CREATE INDEX integration_grants_expires_at_idx ON public.integration_grants USING btree (expires_at);
CREATE INDEX integration_grants_organization_id_idx ON public.integration_grants USING btree (organization_id);
CREATE INDEX integration_grants_revoked_at_idx ON public.integration_grants USING btree (organization_id, revoked_at DESC, jti DESC) WHERE (revoked_at IS NOT NULL);
CREATE UNIQUE INDEX integration_keys_active_key ON public.integration_keys USING btree (organization_id) WHERE (retired_at IS NULL);
CREATE INDEX integration_keys_organization_id_idx ON public.integration_keys USING btree (organization_id, id DESC);
CREATE INDEX invitations_accepted_by_idx ON public.invitations USING btree (accepted_by);
CREATE INDEX invitations_email_idx ON public.invitations USING btree (email);
CREATE INDEX invitations_invited_by_idx ON public.invitations USING btree (invited_by);
CREATE INDEX invitations_organization_id_idx ON public.invitations USING btree (organization_id, id DESC);
CREATE UNIQUE INDEX invitations_pending_key ON public.invitations USING btree (organization_id, email) WHERE (status = 'pending'::text);
CREATE UNIQUE INDEX learning_sessions_active_key ON public.learning_sessions USING btree (conversation_id) WHERE (ended_at IS NULL);
CREATE INDEX learning_sessions_conversation_id_idx ON public.learning_sessions USING btree (conversation_id, id DESC);
CREATE INDEX login_challenges_email_code_id_idx ON public.login_challenges USING btree (email_code_id);
CREATE INDEX login_challenges_expires_at_idx ON public.login_challenges USING btree (expires_at);
CREATE INDEX login_challenges_user_id_idx ON public.login_challenges USING btree (user_id);
CREATE INDEX mail_outbox_expires_at_idx ON public.mail_outbox USING btree (expires_at);
CREATE INDEX mail_outbox_recipient_idx ON public.mail_outbox USING btree (recipient, id DESC);
CREATE INDEX mail_tokens_expires_at_idx ON public.mail_tokens USING btree (expires_at);
CREATE INDEX mail_tokens_user_id_idx ON public.mail_tokens USING btree (user_id, purpose);
CREATE INDEX memberships_joined_at_idx ON public.memberships USING btree (organization_id, joined_at, user_id);
CREATE INDEX memberships_owners_idx ON public.memberships USING btree (organization_id, user_id) WHERE (role = 'owner'::text);
CREATE INDEX memberships_user_id_idx ON public.memberships USING btree (user_id, joined_at);
CREATE INDEX memberships_user_organization_idx ON public.memberships USING btree (user_id, organization_id);
CREATE INDEX notes_conversation_id_idx ON public.notes USING btree (conversation_id, id DESC);
CREATE INDEX notes_organization_id_idx ON public.notes USING btree (organization_id, owner_id, id DESC);
CREATE INDEX notes_owner_id_idx ON public.notes USING btree (owner_id, id DESC);
CREATE INDEX pending_factors_email_code_id_idx ON public.pending_factors USING btree (email_code_id);
CREATE INDEX pending_factors_expires_at_idx ON public.pending_factors USING btree (expires_at);
CREATE INDEX pending_factors_user_id_idx ON public.pending_factors USING btree (user_id);
CREATE INDEX rate_windows_expires_at_idx ON public.rate_windows USING btree (expires_at);
CREATE INDEX search_entries_conversation_id_idx ON public.search_entries USING btree (conversation_id) WHERE (conversation_id IS NOT NULL);
CREATE INDEX search_entries_note_id_idx ON public.search_entries USING btree (note_id) WHERE (note_id IS NOT NULL);
CREATE INDEX search_entries_organization_id_idx ON public.search_entries USING btree (organization_id, owner_id, kind, created_at DESC) WHERE (organization_id IS NOT NULL);
CREATE INDEX search_entries_owner_id_idx ON public.search_entries USING btree (owner_id, kind, created_at DESC);
CREATE INDEX search_entries_tsv_idx ON public.search_entries USING gin (tsv) WITH (gin_pending_list_limit='512');
CREATE INDEX sessions_expires_at_idx ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_user_id_idx ON public.sessions USING btree (user_id, id DESC);
CREATE INDEX team_members_user_idx ON public.team_members USING btree (organization_id, user_id, joined_at);
CREATE UNIQUE INDEX teams_name_key ON public.teams USING btree (organization_id, lower(name));
CREATE INDEX token_reservations_expires_at_idx ON public.token_reservations USING btree (expires_at);
CREATE INDEX token_usage_organization_id_idx ON public.token_usage USING btree (organization_id, month);
CREATE INDEX users_home_organization_id_idx ON public.users USING btree (home_organization_id);
CREATE INDEX users_primary_organization_id_idx ON public.users USING btree (primary_organization_id);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_membership_fkey FOREIGN KEY (organization_id, created_by) REFERENCES public.memberships(organization_id, user_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.backup_codes
    ADD CONSTRAINT backup_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.email_codes
    ADD CONSTRAINT email_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.generation_events
    ADD CONSTRAINT generation_events_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES public.generations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.generations
    ADD CONSTRAINT generations_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.generations
    ADD CONSTRAINT generations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.generations
    ADD CONSTRAINT generations_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.integration_grants
    ADD CONSTRAINT integration_grants_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.integration_grants
    ADD CONSTRAINT integration_grants_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.integration_keys
    ADD CONSTRAINT integration_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES public.users(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.learning_sessions
    ADD CONSTRAINT learning_sessions_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
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
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.pending_factors
    ADD CONSTRAINT pending_factors_email_code_id_fkey FOREIGN KEY (email_code_id) REFERENCES public.email_codes(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.pending_factors
    ADD CONSTRAINT pending_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.search_entries
    ADD CONSTRAINT search_entries_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.search_entries
    ADD CONSTRAINT search_entries_note_id_fkey FOREIGN KEY (note_id) REFERENCES public.notes(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_membership_fkey FOREIGN KEY (organization_id, user_id) REFERENCES public.memberships(organization_id, user_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_team_fkey FOREIGN KEY (organization_id, team_id) REFERENCES public.teams(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.token_usage
    ADD CONSTRAINT token_usage_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.token_usage
    ADD CONSTRAINT token_usage_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_home_organization_id_fkey FOREIGN KEY (home_organization_id) REFERENCES public.organizations(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_primary_organization_id_fkey FOREIGN KEY (primary_organization_id) REFERENCES public.organizations(id) ON DELETE SET NULL;
