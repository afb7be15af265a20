// Writes docs/permissions.md from test/contract/permissions.json; with --check it only says whether that is done.
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
  nobody: ['nobody', 'no credentials'],
  owner: ['owner', 'a signed-in owner of the organization'],
  admin: ['admin', 'a signed-in admin'],
  team_manager: ['team manager', 'a signed-in team manager, who is in one of the two teams'],
  member: ['member', 'a signed-in member'],
  outsider: ['outsider', 'somebody signed in who has no organization'],
  foreign_owner: ['other owner', 'a signed-in owner of another organization'],
  key: ['key', 'an API key that an owner made, with every scope'],
  key_without_scope: ['key, no scope', 'an API key of an owner without the scope that the route asks for'],
  member_key: ['member’s key', 'an API key that a member made: `:read` scopes only'],
  foreign_key: ['other key', 'an API key of another organization, with every scope'],
  weak_owner: ['owner, no 2FA', 'an owner whose session used no second factor, where one is required'],
  weak_member: ['member, no 2FA', 'a member whose session used no second factor, where one is required'],
  weak_key: ['key, no 2FA', 'an API key that this owner made, where a second factor is required'],
};

/** What is written in a cell for the refusals that occur everywhere. */
const SHORT = {
  '401 token_invalid': '401',
  '403 role_insufficient': '403 role',
  '403 insufficient_api_key_scope': '403 scope',
  '403 bearer_required': '403 key',
  '403 two_factor_required': '403 2FA',
};

const MEANING = [
  ['`200`, `201`, `204`', 'done'],
  ['`401`', '`token_invalid`: the route asks for credentials of another kind, or for any'],
  ['`403 role`', '`role_insufficient`: the role does not suffice, or the other person ranks too high'],
  ['`403 scope`', '`insufficient_api_key_scope`'],
  ['`403 key`', '`bearer_required`: this is for people, not for API keys'],
  ['`403 2FA`', '`two_factor_required`: the organization requires a second factor'],
  ['`404`', 'for this caller there is no such thing; `code` names what is missing'],
  ['others', 'status and `code`'],
];

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
  const name = `\`${route.replace(/:(\w+)/g, '{$1}')}\`${note && ` ${note}`}`;
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

Who may do what. Both tables are made from the tests: each cell of the second one is a request that was sent to the
server, with valid fields, on an organization in the same state.

## Roles

A member of an organization has one role. These are the rights it brings there:

${table(['right', ...ROLES.map((role) => `\`${role}\``)], allowed)}

Two rules stand above the table. Nobody acts on their equals or betters, and nobody gives a role above their own; owners
may act on anybody. There is always an owner. A team manager manages the teams they are in. Members and team managers
make API keys with \`:read\` scopes only. See [Organizations and teams](/organizations).

## Routes

The callers:

${table(
  ['column', 'who'],
  Object.values(CALLERS).map(([label, who]) => [label, who]),
)}

The cells:

${table(['cell', 'meaning'], MEANING)}

The person or thing a path names belongs to the organization under test. It is a plain member, unless words behind the
route say otherwise; the session is one of the owner’s, the API key one of the member’s. For the last three columns all
of it belongs to an organization that requires a second factor. Routes that name no organization are about the caller’s
own, so the other owner gets an answer about theirs. What takes a secret instead of credentials, such as a password or a token
from a mail, is open to whoever has it; the requests here had the right one.

${sections.join('\n\n')}
`;

const wanted = await format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
if (!process.argv.includes('--check')) {
  writeFileSync(page, wanted);
} else if (readFileSync(page, 'utf8') !== wanted) {
  process.stderr.write('docs/permissions.md is not what the table says: npm run permissions\n');
  process.exitCode = 1;
}
