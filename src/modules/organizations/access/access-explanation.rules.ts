import {
  roleHasPermission,
  canManageRole,
  type Permission,
  PERMISSIONS,
  type Role,
} from '../organizations.rules.js';
import type { AccessCheck } from './dto/access.dto.js';
import type { AccessFacts } from './persistence/access-explanation.repository.js';

interface AccessRuleInput {
  action: Permission;
  facts: AccessFacts;
  /** Whether a target was named, and whether it is the person themself. */
  target: 'none' | 'self' | 'other';
  /** The session of the person who asks about themself; null when it is about somebody else. */
  sessionHasSecondFactor: boolean | null;
}

interface EvaluatedRule extends AccessCheck {
  remedy: string;
}

/** The checks of a decision in the order in which the server makes them, up to the first that fails. */
export function evaluateRules(input: AccessRuleInput): EvaluatedRule[] {
  const checks = [checkMembership, checkAccount, checkSecondFactor, checkRole, checkTarget, checkLastOwner];
  const evaluated: EvaluatedRule[] = [];
  for (const check of checks) {
    const result = check(input);
    if (result) evaluated.push(result);
    if (result?.passed === false) break;
  }
  return evaluated;
}

function checkMembership({ facts }: AccessRuleInput): EvaluatedRule {
  return {
    rule: 'membership',
    passed: facts.role !== null,
    message: facts.role ? `A member, as ${facts.role}.` : 'Not a member of this organization.',
    remedy: 'An owner or admin adds or invites them.',
  };
}

function checkAccount({ facts }: AccessRuleInput): EvaluatedRule | null {
  if (facts.is_active) return null;
  return {
    rule: 'account',
    passed: false,
    message: 'The account is deactivated.',
    remedy: 'An admin of their home organization activates the account.',
  };
}

function checkSecondFactor({ facts, sessionHasSecondFactor, action }: AccessRuleInput): EvaluatedRule | null {
  if (!facts.enforce_2fa || action === 'members.leave') return null;
  const passed = sessionHasSecondFactor ?? facts.has_second_factor;
  return {
    rule: 'second_factor',
    passed,
    message: passed
      ? 'The organization requires a second factor, and there is one.'
      : 'The organization requires a second factor.',
    remedy: facts.has_second_factor
      ? 'They step up: POST /api/v1/auth/step-up.'
      : 'They set up two-factor authentication.',
  };
}

function checkRole({ facts, action }: AccessRuleInput): EvaluatedRule {
  const roles = PERMISSIONS[action] as readonly Role[];
  const actorRole = facts.role as Role;
  const lowestAllowedRole = roles[roles.length - 1] ?? 'owner';
  return {
    rule: 'role',
    passed: roleHasPermission(actorRole, action),
    message: `${action} is open to ${roles.join(', ')}; this role is ${actorRole}.`,
    remedy:
      lowestAllowedRole === 'owner'
        ? 'An owner gives them the role owner.'
        : `An owner, or who is above ${lowestAllowedRole}, gives them the role ${lowestAllowedRole}.`,
  };
}

/** Actions done to another member, who must rank below. */
const MEMBER_TARGET_ACTIONS: readonly Permission[] = ['members.update', 'members.remove', 'users.manage'];

function checkTarget({ facts, action, target: who }: AccessRuleInput): EvaluatedRule | null {
  if (who === 'none' || !(MEMBER_TARGET_ACTIONS.includes(action) || action === 'team_members.manage'))
    return null;
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
  const passed =
    canManageRole(own, facts.target_role) || (who === 'self' && action === 'team_members.manage');
  return {
    rule: 'target',
    passed,
    message: passed
      ? `${own} may do this to ${facts.target_role}.`
      : `${own} may do this only to who ranks below; the other is ${facts.target_role}.`,
    remedy: 'An owner does it.',
  };
}

function checkLastOwner({ facts, action, target: targetKind }: AccessRuleInput): EvaluatedRule | null {
  const isLeaving = action === 'members.leave';
  if (!isLeaving && !(targetKind !== 'none' && MEMBER_TARGET_ACTIONS.includes(action))) return null;
  if (!facts.target_is_last_owner) return null;
  return {
    rule: 'last_owner',
    passed: false,
    message: 'There must always be an owner, and this is the last one.',
    remedy: 'Another member is made owner first.',
  };
}
