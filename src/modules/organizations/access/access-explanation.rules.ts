import {
  roleHasPermission,
  canManageRole,
  type Permission,
  PERMISSIONS,
  type Role,
} from '../organizations.rules.js';
import type { AccessCheckResponse } from './dto/access-explanation.dto.js';
import type { AccessFacts } from './persistence/access-explanation.repository.js';

export interface AccessRuleInput {
  action: Permission;
  facts: AccessFacts;
  /** Whether the request names a target user, and whether that is the user whose access is explained. */
  target: 'none' | 'self' | 'other';
  /** Whether the current session used a second factor; null when the explanation is about another user. */
  sessionHasSecondFactor: boolean | null;
}

export interface EvaluatedRule extends AccessCheckResponse {
  /** What must change so that the rule passes. */
  remedy: string;
}

/** Returns the checks in the order in which the server makes them; a failed check is the last one. */
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
    message: facts.role
      ? `The user is a member with the role ${facts.role}.`
      : 'The user is not a member of this organization.',
    remedy: 'An owner or admin must add or invite the user.',
  };
}

function checkAccount({ facts }: AccessRuleInput): EvaluatedRule | null {
  if (facts.is_active) return null;
  return {
    rule: 'account',
    passed: false,
    message: 'The account is deactivated.',
    remedy: "An admin of the user's home organization must activate the account.",
  };
}

function checkSecondFactor({ facts, sessionHasSecondFactor, action }: AccessRuleInput): EvaluatedRule | null {
  if (!facts.enforce_2fa || action === 'members.leave') return null;
  const passed = sessionHasSecondFactor ?? facts.has_second_factor;
  return {
    rule: 'second_factor',
    passed,
    message: passed
      ? 'The organization requires a second factor, and the user has one.'
      : 'The organization requires a second factor.',
    remedy: facts.has_second_factor
      ? 'The user must step up the session: POST /api/v1/auth/step-up.'
      : 'The user must set up two-factor authentication.',
  };
}

function checkRole({ facts, action }: AccessRuleInput): EvaluatedRule {
  const roles: readonly Role[] = PERMISSIONS[action];
  const actorRole = facts.role as Role;
  const lowestAllowedRole = roles[roles.length - 1] ?? 'owner';
  return {
    rule: 'role',
    passed: roleHasPermission(actorRole, action),
    message: `${action} requires one of the roles ${roles.join(', ')}; the user has the role ${actorRole}.`,
    remedy:
      lowestAllowedRole === 'owner'
        ? 'An owner must give them the role owner.'
        : `An owner, or a member with a role above ${lowestAllowedRole}, must give them the role ${lowestAllowedRole}.`,
  };
}

/** Actions on another member, whose role must be lower than the role of the actor. */
const MEMBER_TARGET_ACTIONS: readonly Permission[] = ['members.update', 'members.remove', 'users.manage'];

function checkTarget({ facts, action, target }: AccessRuleInput): EvaluatedRule | null {
  const isTeamAction = action === 'team_members.manage';
  if (target === 'none' || !(isTeamAction || MEMBER_TARGET_ACTIONS.includes(action))) return null;
  if (!facts.target_role) {
    return {
      rule: 'target',
      passed: false,
      message: 'The target user is not a member of this organization.',
      remedy: 'An owner or admin must add or invite the target user.',
    };
  }
  const actorRole = facts.role as Role;
  const passed = canManageRole(actorRole, facts.target_role) || (isTeamAction && target === 'self');
  return {
    rule: 'target',
    passed,
    message: passed
      ? `The role ${actorRole} allows this for a target with the role ${facts.target_role}.`
      : `The role ${actorRole} allows this only for lower roles; the target has the role ${facts.target_role}.`,
    remedy: 'An owner must do it.',
  };
}

function checkLastOwner({ facts, action, target }: AccessRuleInput): EvaluatedRule | null {
  const isLeaving = action === 'members.leave';
  if (!isLeaving && !(target !== 'none' && MEMBER_TARGET_ACTIONS.includes(action))) return null;
  if (!facts.target_is_last_owner) return null;
  return {
    rule: 'last_owner',
    passed: false,
    message: 'The target is the last owner, and an organization must always have an owner.',
    remedy: 'Another member must become an owner first.',
  };
}
