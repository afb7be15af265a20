import { may, outranks, type Permission, PERMISSIONS, type Role } from '../organizations.rules.js';
import type { AccessCheck } from './dto/access.dto.js';
import type { Facts } from './persistence/access-explanation.repository.js';

interface Question {
  action: Permission;
  facts: Facts;
  /** Whether a target was named, and whether it is the person themself. */
  target: 'none' | 'self' | 'other';
  /** The session of the person who asks about themself; null when it is about somebody else. */
  provedFactor: boolean | null;
}

interface Judged extends AccessCheck {
  remedy: string;
}

/** The checks of a decision in the order in which the server makes them, up to the first that fails. */
export function judge(question: Question): Judged[] {
  const checks = [membership, account, secondFactor, role, target, lastOwner];
  const judged: Judged[] = [];
  for (const check of checks) {
    const result = check(question);
    if (result) judged.push(result);
    if (result?.passed === false) break;
  }
  return judged;
}

function membership({ facts }: Question): Judged {
  return {
    rule: 'membership',
    passed: facts.role !== null,
    message: facts.role ? `A member, as ${facts.role}.` : 'Not a member of this organization.',
    remedy: 'An owner or admin adds or invites them.',
  };
}

function account({ facts }: Question): Judged | null {
  if (facts.active) return null;
  return {
    rule: 'account',
    passed: false,
    message: 'The account is deactivated.',
    remedy: 'An admin of their home organization activates the account.',
  };
}

function secondFactor({ facts, provedFactor, action }: Question): Judged | null {
  if (!facts.enforce_2fa || action === 'members.leave') return null;
  const passed = provedFactor ?? facts.has_factor;
  return {
    rule: 'second_factor',
    passed,
    message: passed
      ? 'The organization requires a second factor, and there is one.'
      : 'The organization requires a second factor.',
    remedy: facts.has_factor
      ? 'They step up: POST /api/v1/auth/step-up.'
      : 'They set up two-factor authentication.',
  };
}

function role({ facts, action }: Question): Judged {
  const roles = PERMISSIONS[action] as readonly Role[];
  const own = facts.role as Role;
  const highest = roles[roles.length - 1] ?? 'owner';
  return {
    rule: 'role',
    passed: may(own, action),
    message: `${action} is open to ${roles.join(', ')}; this role is ${own}.`,
    remedy:
      highest === 'owner'
        ? 'An owner gives them the role owner.'
        : `An owner, or who is above ${highest}, gives them the role ${highest}.`,
  };
}

/** Actions done to another member, who must rank below. */
const UPON_MEMBERS: readonly Permission[] = ['members.update', 'members.remove', 'users.manage'];

function target({ facts, action, target: who }: Question): Judged | null {
  if (who === 'none' || !(UPON_MEMBERS.includes(action) || action === 'team_members.manage')) return null;
  if (!facts.target_role) {
    const message = 'The person it would be done to is not a member.';
    return {
      rule: 'target',
      passed: false,
      message,
      remedy: 'An owner or admin adds or invites that person.',
    };
  }
  const own = facts.role as Role;
  const passed = outranks(own, facts.target_role) || (who === 'self' && action === 'team_members.manage');
  return {
    rule: 'target',
    passed,
    message: passed
      ? `${own} may do this to ${facts.target_role}.`
      : `${own} may do this only to who ranks below; the other is ${facts.target_role}.`,
    remedy: 'An owner does it.',
  };
}

function lastOwner({ facts, action, target: who }: Question): Judged | null {
  const leaves = action === 'members.leave';
  if (!leaves && !(who !== 'none' && UPON_MEMBERS.includes(action))) return null;
  if (!facts.target_is_last_owner) return null;
  return {
    rule: 'last_owner',
    passed: false,
    message: 'There must always be an owner, and this is the last one.',
    remedy: 'Another member is made owner first.',
  };
}
