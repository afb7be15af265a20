// Writes docs/permissions.md from test/contract/permissions.json; with --check it only compares.
//   npm run permissions
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs/permissions.md');
const { permissions, routes } = JSON.parse(
  readFileSync(join(root, 'test/contract/permissions.json'), 'utf8'),
);

const ROLES = ['owner', 'admin', 'team_manager', 'member'];

const CALLERS = {
  anonymous: ['anonymous', 'no credentials'],
  owner: ['owner', 'a signed-in owner of the organization'],
  admin: ['admin', 'a signed-in admin'],
  team_manager: ['team manager', 'a signed-in team manager who belongs to one of the two teams'],
  member: ['member', 'a signed-in member'],
  outsider: ['outsider', 'a signed-in user without an organization'],
  foreign_owner: ['other owner', 'a signed-in owner of another organization'],
  key: ['key', 'an API key of an owner, with all scopes'],
  key_without_scope: ['key, no scope', 'an API key of an owner, without the scope that the route requires'],
  member_key: ['member’s key', 'an API key of a member: `:read` scopes only'],
  foreign_key: ['other key', 'an API key of another organization, with all scopes'],
  weak_owner: [
    'owner, no 2FA',
    'an owner whose session used no second factor, in an organization that requires one',
  ],
  weak_member: [
    'member, no 2FA',
    'a member whose session used no second factor, in an organization that requires one',
  ],
  weak_key: ['key, no 2FA', 'an API key of this owner, in an organization that requires a second factor'],
};

/** The short forms of the most frequent errors. */
const SHORT = {
  '401 token_invalid': '401',
  '403 role_insufficient': '403 role',
  '403 insufficient_api_key_scope': '403 scope',
  '403 bearer_required': '403 key',
  '403 two_factor_required': '403 2FA',
};

const MEANING = [
  ['`200`, `201`, `204`', 'success'],
  ['`401`', '`token_invalid`: the route requires credentials, or credentials of another kind'],
  [
    '`403 role`',
    '`role_insufficient`: the role does not allow the action, or the role of the other user is too high',
  ],
  ['`403 scope`', '`insufficient_api_key_scope`'],
  ['`403 key`', '`bearer_required`: the route is for users, not for API keys'],
  ['`403 2FA`', '`two_factor_required`: the organization requires a second factor'],
  ['`404`', 'the resource does not exist for this caller; `code` names it'],
  ['others', 'status and `code`'],
];

/** The words behind a route that tell two requests of the same route apart. */
const NOTES = {
  'as owner': 'with the role owner',
  'in a conversation of another': 'in a conversation of another user',
  'made with a key': 'created with a key',
  'of another home': 'with another home organization',
  'of another member': 'about another member',
  oneself: 'leaving',
  'that writes': 'with a `:write` scope',
};

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function shortOf(outcome) {
  return SHORT[outcome] ?? (outcome.startsWith('404 ') ? '404' : outcome.replace(/ (\S+)$/, ' `$1`'));
}

function rowOf([row, outcomes]) {
  const [, route, note = ''] = /^([^(]+?)(?: \((.+)\))?$/.exec(row);
  const got = Object.entries(outcomes).flatMap(([outcome, callers]) =>
    callers.split(' ').map((caller) => [caller, shortOf(outcome)]),
  );
  const cells = Object.fromEntries(got);
  const name = `\`${route.replace(/:(\w+)/g, '{$1}')}\`${note && ` ${NOTES[note] ?? note}`}`;
  return [name, ...Object.keys(CALLERS).map((caller) => cells[caller] ?? '')];
}

const allowed = Object.entries(permissions).map(([name, roles]) => [
  `\`${name}\``,
  ...ROLES.map((role) => (roles.split(' ').includes(role) ? 'yes' : '')),
]);

const sections = Object.entries(routes).map(([area, rows]) =>
  [
    `### ${area}`,
    table(['route', ...Object.values(CALLERS).map(([label]) => label)], Object.entries(rows).map(rowOf)),
  ].join('\n\n'),
);

const text = `# Permissions

This page lists the rights of each role, and the response of every route to every kind of caller. The tests generate both
tables: each cell of the second one is a request that was sent to the server, with valid fields, to an organization in the
same state.

## Roles

Each member of an organization has one role. The role grants these rights in the organization:

${table(['right', ...ROLES.map((role) => `\`${role}\``)], allowed)}

These rules apply in addition:

- A member can change, add or remove only members with a lower role, and cannot assign a role above their own. Owners may
  change all members.
- An organization always has an owner.
- Team managers manage the teams that they belong to, and share and manage documents in these teams only.
- Members and team managers create API keys with \`:read\` scopes only.

See [Organizations and teams](/organizations).

## Routes

The columns:

${table(['column', 'caller'], Object.values(CALLERS))}

The cells:

${table(['cell', 'meaning'], MEANING)}

The requests were sent under these conditions:

- The resource in the path belongs to the organization under test. A user in the path is a plain member, unless the words
  after the route say otherwise. A session belongs to the owner, an API key to the member.
- For the last three columns all resources belong to an organization that requires a second factor.
- A route without an organization in its path concerns the caller’s own organization; the other owner therefore receives a
  response about their own.
- A route that takes a secret instead of credentials, such as a password or a token from an e-mail, accepts every caller
  who has the secret. The requests here had the right one.

${sections.join('\n\n')}
`;

const wanted = await format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
if (!process.argv.includes('--check')) {
  writeFileSync(page, wanted);
} else if (readFileSync(page, 'utf8') !== wanted) {
  process.stderr.write('docs/permissions.md differs from the table. Run: npm run permissions\n');
  process.exitCode = 1;
}
