// The baseline: the measured routes on `node:http` alone, with `pg`, named prepared statements and hand-made tokens.
// It is correct for the requests of the benchmark only, and shows what they cost at least.
import { createHmac, createSecretKey, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import pg from 'pg';

const { DATABASE_URL, PORT, PASSWORD_HASH } = process.env;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ACCESS_LIFE = 900;

const ME = {
  name: 'me',
  text: `SELECT u.id, u.username, u.email, u.email_verified_at, u.first_name, u.last_name, u.nickname,
                u.avatar_url, u.language, u.timezone, u.is_active, u.is_first, u.created_at, u.updated_at,
                f.method, p.organization_id, p.role
         FROM sessions s
         JOIN users u ON u.id = s.user_id AND u.is_active
         LEFT JOIN second_factors f ON f.user_id = u.id
         LEFT JOIN LATERAL (
           SELECT m.organization_id, m.role FROM memberships m WHERE m.user_id = u.id
           ORDER BY (m.organization_id = u.primary_organization_id) DESC NULLS LAST, m.joined_at LIMIT 1
         ) p ON true
         WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2`,
};

const ORGANIZATIONS = {
  name: 'organizations',
  text: `SELECT o.id, o.name, o.slug, o.description, m.role, o.enforce_2fa, o.created_at, o.updated_at,
                (SELECT count(*)::int FROM memberships x WHERE x.organization_id = o.id) AS member_count
         FROM sessions s
         JOIN users u ON u.id = s.user_id AND u.is_active
         JOIN memberships m ON m.user_id = u.id
         JOIN organizations o ON o.id = m.organization_id
         WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
         ORDER BY o.id DESC LIMIT 21`,
};

const MEMBERS = {
  name: 'members',
  text: `SELECT x.user_id, x.role, x.organization_id, x.joined_at, p.username, p.email, t.team_id, t.name
         FROM sessions s
         JOIN users u ON u.id = s.user_id AND u.is_active
         JOIN memberships m ON m.user_id = u.id AND m.organization_id = $3
         JOIN memberships x ON x.organization_id = m.organization_id
         JOIN users p ON p.id = x.user_id
         LEFT JOIN (SELECT tm.user_id, tm.team_id, t.name FROM team_members tm JOIN teams t ON t.id = tm.team_id
                    WHERE tm.organization_id = $3) t ON t.user_id = x.user_id
         WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
         ORDER BY x.joined_at, x.user_id LIMIT 1001`,
};

const MESSAGES = {
  name: 'messages',
  text: `SELECT m.* FROM messages m WHERE m.conversation_id = (
           SELECT c.id FROM sessions s
           JOIN users u ON u.id = s.user_id AND u.is_active
           JOIN conversations c ON c.owner_id = u.id AND c.id = $3
           WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2)
         AND m.seq > $4 ORDER BY m.seq LIMIT $5`,
};

const ROTATE = {
  name: 'rotate',
  text: `UPDATE sessions
         SET refresh_counter = refresh_counter + 1, refresh_rotated_at = $3, active_at = $3, last_seen_at = $3
         WHERE id = $1 AND refresh_counter = $2 AND ended_at IS NULL AND expires_at > $3 AND active_at > $4
         RETURNING user_id`,
};

const OPEN = {
  name: 'open',
  text: `INSERT INTO sessions (id, user_id, user_agent, ip, created_at, last_seen_at, active_at, password_at,
                               expires_at, refresh_salt, refresh_counter)
         SELECT $1, id, $2, $3, $4, $4, $4, $4, $5, $6, 1 FROM users WHERE username = $7 RETURNING user_id`,
};

const HEARTBEAT = {
  name: 'heartbeat',
  text: `UPDATE live_sessions SET last_seen_at = $2, lease_until = $3
         WHERE id = $1 AND ended_at IS NULL AND lease_until >= $2
         RETURNING id, session_type, started_at, last_seen_at, lease_until`,
};

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(process.env.DATABASE_POOL_MAX) });
const secret = createSecretKey(randomBytes(32));
const mac = (text) => createHmac('sha256', secret).update(text).digest('base64url');
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

function isValid(signature, text) {
  const given = Buffer.from(signature ?? '');
  const expected = Buffer.from(mac(text));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function accessToken(sub, sid) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = JSON.stringify({ sub, sid, jti: randomUUID(), iat, exp: iat + ACCESS_LIFE });
  const text = `${HEADER}.${Buffer.from(claims).toString('base64url')}`;
  return `${text}.${mac(text)}`;
}

function claimsOf({ authorization = '' }) {
  const [header, payload, signature] = authorization.slice('Bearer '.length).split('.');
  if (!isValid(signature, `${header}.${payload}`)) return undefined;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return claims.exp * 1000 > Date.now() ? claims : undefined;
}

function pair(userId, sessionId, counter) {
  const refresh = `${sessionId}.${counter}`;
  return {
    access_token: accessToken(userId, sessionId),
    token_type: 'bearer',
    expires_in: ACCESS_LIFE,
    refresh_token: `${refresh}.${mac(refresh)}`,
  };
}

async function me(request) {
  const claims = claimsOf(request.headers);
  const { rows } = claims ? await pool.query({ ...ME, values: [claims.sid, new Date()] }) : { rows: [] };
  if (rows.length === 0) return undefined;
  const [row] = rows;
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    email_verified: row.email_verified_at !== null,
    full_name: `${row.first_name} ${row.last_name}`.trim() || null,
    nickname: row.nickname,
    avatar_url: row.avatar_url,
    role: row.role ?? 'member',
    is_super_admin: row.is_first,
    language: row.language,
    timezone: row.timezone,
    organization_id: row.organization_id,
    is_active: row.is_active,
    two_factor_enabled: row.method !== null,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

async function organizations(request) {
  const claims = claimsOf(request.headers);
  if (!claims) return undefined;
  return (await pool.query({ ...ORGANIZATIONS, values: [claims.sid, new Date()] })).rows;
}

async function members(request) {
  const claims = claimsOf(request.headers);
  const id = request.url.split('/')[3];
  const { rows } = claims
    ? await pool.query({ ...MEMBERS, values: [claims.sid, new Date(), id] })
    : { rows: [] };
  if (rows.length === 0) return undefined;
  return rows.slice(0, 1000).map(({ team_id, name, ...row }) => ({
    ...row,
    team_id,
    teams: team_id ? [{ id: team_id, name }] : [],
  }));
}

async function messages(request) {
  const claims = claimsOf(request.headers);
  if (!claims) return undefined;
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const cursor = searchParams.get('cursor');
  const after = cursor ? Buffer.from(cursor, 'base64url').readInt32BE(0) : 0;
  const limit = Number(searchParams.get('limit'));
  const values = [claims.sid, new Date(), pathname.split('/')[4], after, limit + 1];
  return (await pool.query({ ...MESSAGES, values })).rows.slice(0, limit).map(({ seq, ...row }) => row);
}

async function refresh(request) {
  const token = JSON.parse(await bodyOf(request)).refresh_token;
  const [sessionId, counter, signature] = token.split('.');
  if (!isValid(signature, `${sessionId}.${counter}`)) return undefined;
  const now = new Date();
  const values = [sessionId, Number(counter), now, new Date(now.getTime() - 7 * DAY)];
  const { rows } = await pool.query({ ...ROTATE, values });
  return rows[0] && pair(rows[0].user_id, sessionId, Number(counter) + 1);
}

/** Runs as many hashes at once as there are cores, as the measured server does. */
const waiting = [];
let free = availableParallelism();

async function compare(password) {
  if (free > 0) free -= 1;
  else await new Promise((resolve) => waiting.push(resolve));
  const right = await bcrypt.compare(password, PASSWORD_HASH);
  if (waiting.length > 0) waiting.shift()();
  else free += 1;
  return right;
}

async function login(request) {
  const form = new URLSearchParams(await bodyOf(request));
  if (!(await compare(form.get('password')))) return undefined;
  const id = randomUUID();
  const now = new Date();
  const until = new Date(now.getTime() + 30 * DAY);
  const values = [id, 'bench', '127.0.0.1', now, until, randomBytes(16), form.get('username')];
  const { rows } = await pool.query({ ...OPEN, values });
  return rows[0] && pair(rows[0].user_id, id, 1);
}

/** A login that only compares the password hash. */
async function hashAlone(request) {
  const form = new URLSearchParams(await bodyOf(request));
  return (await compare(form.get('password'))) ? {} : undefined;
}

/** One conditional UPDATE, without a check of credentials. */
async function heartbeat(request) {
  const { session_id: id } = JSON.parse(await bodyOf(request));
  const now = Date.now();
  const { rows } = await pool.query({ ...HEARTBEAT, values: [id, new Date(now), new Date(now + 45_000)] });
  return rows[0];
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const routes = {
  'GET /api/auth/me': me,
  'GET /api/organizations': organizations,
  'POST /api/auth/refresh': refresh,
  'POST /api/auth/token': login,
  'POST /api/live/session/heartbeat': heartbeat,
  'POST /hash': hashAlone,
  'GET /health/ready': async () => (await pool.query('SELECT 1')).rows[0],
};

const LISTS = { members, messages };

const server = createServer((request, response) => {
  const [path] = request.url.split('?');
  const act = LISTS[path.split('/').at(-1)] ?? routes[`${request.method} ${path}`];
  act(request).then(
    (answer) => send(response, answer ? 200 : 401, answer ?? { detail: 'Unauthorized' }),
    (error) => send(response, 500, { detail: String(error) }),
  );
});

function send(response, status, answer) {
  const body = JSON.stringify(answer);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

process.on('SIGTERM', () => process.exit());
server.listen(Number(PORT), '127.0.0.1');
