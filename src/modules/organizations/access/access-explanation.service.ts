import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { organizationErrors } from '../organizations.errors.js';
import { isAdministrator, PERMISSIONS } from '../organizations.rules.js';
import { evaluateRules } from './access-explanation.rules.js';
import type { AccessExplanationResponse, AccessExplanationQuery } from './dto/access-explanation.dto.js';
import { AccessExplanationRepository } from './persistence/access-explanation.repository.js';

/** Explains whether a user may perform an action, with the rules that the server applies to the action itself. */
@Injectable()
export class AccessExplanationService {
  constructor(private readonly explanations: AccessExplanationRepository) {}

  /** Throws `role_insufficient` when a member who is no owner or admin asks about another user. */
  async explain(actor: OrganizationActor, query: AccessExplanationQuery): Promise<AccessExplanationResponse> {
    const { organization } = actor;
    const { action } = query;
    const userId = query.user_id?.toLowerCase() ?? actor.userId;
    if (userId !== actor.userId && !isAdministrator(organization.role))
      throw organizationErrors.role_insufficient();
    // The target of leaving is always the user themself.
    const targetId = action === 'members.leave' ? userId : (query.target_user_id?.toLowerCase() ?? null);
    const facts = await this.explanations.findFacts(organization.id, userId, targetId);
    if (!facts) throw organizationErrors.organization_not_found();
    const target = targetId === null ? 'none' : targetId === userId ? 'self' : 'other';
    const sessionHasSecondFactor = userId === actor.userId ? actor.secondFactor : null;
    const evaluated = evaluateRules({ action, facts, target, sessionHasSecondFactor });
    const failed = evaluated.find(({ passed }) => !passed);
    return {
      allowed: !failed,
      organization_id: organization.id,
      user_id: userId,
      action,
      role: facts.role,
      rule: failed?.rule ?? 'role',
      roles_allowed: PERMISSIONS[action],
      checks: evaluated.map(({ rule, passed, message }) => ({ rule, passed, message })),
      would_change: failed ? [failed.remedy] : [],
    };
  }
}
