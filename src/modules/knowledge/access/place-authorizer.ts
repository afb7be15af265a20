import { Injectable } from '@nestjs/common';
import { ConversationFinder } from '@/modules/conversations/index.js';
import type { Visibility } from '@/modules/knowledge/knowledge.rules.js';
import {
  isAdministrator,
  OrganizationAccessService,
  organizationErrors,
  toOwner,
} from '@/modules/organizations/index.js';
import { type Actor, hasScope } from '@/platform/access/index.js';
import { invalidField, platformErrors } from '@/platform/errors/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { PartitionRepository, type Place } from './persistence/partition.repository.js';

/** Fields of a request that say who reads a document or the documents of a collection. */
export interface PlaceRequest {
  visibility: Visibility;
  organization_id?: string | null;
  team_id?: string | null;
  conversation_id?: string | null;
}

/** The only id that each visibility takes, beside the organization, which follows from the other ones. */
const IDS: Record<Visibility, readonly (keyof PlaceRequest)[]> = {
  private: ['organization_id'],
  conversation: ['conversation_id', 'organization_id'],
  team: ['team_id', 'organization_id'],
  organization: ['organization_id'],
};

/** Decides where an actor may put documents. Runs in the transaction that writes them. */
@Injectable()
export class PlaceAuthorizer {
  constructor(
    private readonly partitions: PartitionRepository,
    private readonly organizations: OrganizationAccessService,
    private readonly conversations: ConversationFinder,
  ) {}

  /**
   * Returns the place of a request. Throws `organization_not_found`, `team_not_found` or `conversation_not_found` for one that
   * the actor does not see, `role_insufficient` without the right to share there, and 400 for ids that do not fit.
   */
  async authorize(actor: Actor, request: PlaceRequest): Promise<Place> {
    assertIdsFit(request);
    switch (request.visibility) {
      case 'private':
        return this.toPrivatePlace(actor, request);
      case 'conversation':
        return this.toConversationPlace(actor, request);
      case 'team':
        return this.toTeamPlace(actor, request);
      case 'organization':
        return this.toOrganizationPlace(actor, request);
    }
  }

  /** Throws `role_insufficient` with the role of a reader who may not manage what is in a place. */
  async refuseManagement(actor: Actor, { organization_id, team_id }: Place): Promise<never> {
    if (organization_id === null) throw organizationErrors.role_insufficient();
    const action = 'documents.manage';
    const { role } = await this.organizations.authorizeIn(actor, organization_id, action);
    const team = team_id === null ? {} : { team_id };
    throw organizationErrors.role_insufficient({ data: { role, action, ...team } });
  }

  private toPrivatePlace(actor: Actor, { organization_id }: PlaceRequest): Place {
    const ownId = actor.via === 'session' ? null : actor.organizationId;
    if ((organization_id ?? ownId)?.toLowerCase() !== ownId?.toLowerCase())
      throw invalidField('organization_id', 'visibility', 'must be absent for private documents');
    return { ...NO_IDS, visibility: 'private', owner_id: actor.userId, organization_id: ownId };
  }

  private async toConversationPlace(actor: Actor, request: PlaceRequest): Promise<Place> {
    if (actor.via === 'api_key' && !hasScope(actor.scopes, 'conversations:write'))
      throw platformErrors.insufficient_api_key_scope({
        data: { required_scope: 'conversations:write', granted_scopes: actor.scopes },
      });
    const id = requireId(request, 'conversation_id');
    const { organization_id } = await this.conversations.find(toOwner(actor), id);
    assertSameOrganization(request, organization_id);
    const owner_id = actor.userId;
    return { ...NO_IDS, visibility: 'conversation', owner_id, organization_id, conversation_id: id };
  }

  private async toTeamPlace(actor: Actor, request: PlaceRequest): Promise<Place> {
    const teamId = requireId(request, 'team_id');
    const team = await this.partitions.findTeam(teamId, actor.userId);
    if (!team || (actor.via === 'api_key' && actor.organizationId !== team.organization_id))
      throw organizationErrors.team_not_found();
    const { organization_id, in_team: isInTeam } = team;
    assertSameOrganization(request, organization_id);
    await this.organizations.lockShared(organization_id);
    const { role } = await this.organizations.authorizeIn(actor, organization_id, 'documents.share');
    if (!isAdministrator(role) && !isInTeam)
      throw organizationErrors.role_insufficient({
        data: { role, action: 'documents.share', team_id: teamId },
      });
    return { ...NO_IDS, visibility: 'team', organization_id, team_id: teamId };
  }

  private async toOrganizationPlace(actor: Actor, request: PlaceRequest): Promise<Place> {
    const ownId = actor.via === 'session' ? undefined : actor.organizationId;
    const id = (request.organization_id ?? ownId)?.toLowerCase();
    if (id === undefined)
      throw invalidField('organization_id', 'required', 'is required for the visibility organization');
    await this.organizations.lockShared(id as OrganizationId);
    const { organization_id, role } = await this.organizations.authorizeIn(actor, id, 'documents.share');
    if (!isAdministrator(role))
      throw organizationErrors.role_insufficient({ data: { role, action: 'documents.share' } });
    return { ...NO_IDS, visibility: 'organization', organization_id };
  }
}

const NO_IDS = { owner_id: null, organization_id: null, team_id: null, conversation_id: null };

function assertIdsFit(request: PlaceRequest): void {
  for (const name of ['organization_id', 'team_id', 'conversation_id'] as const)
    if (request[name] != null && !IDS[request.visibility].includes(name))
      throw invalidField(name, 'visibility', unfitMessage(name, request));
}

function unfitMessage(
  name: 'organization_id' | 'team_id' | 'conversation_id',
  { visibility }: PlaceRequest,
): string {
  const needed = name.replace(/_id$/, '');
  return `needs the visibility ${needed}, and must be absent for the visibility ${visibility}`;
}

function requireId(request: PlaceRequest, name: 'team_id' | 'conversation_id'): string {
  const id = request[name];
  if (id == null)
    throw invalidField(name, 'required', `is required for the visibility ${request.visibility}`);
  return id.toLowerCase();
}

function assertSameOrganization({ organization_id }: PlaceRequest, actual: string | null): void {
  if (organization_id != null && organization_id.toLowerCase() !== actual)
    throw invalidField('organization_id', 'same', 'must be the organization of the team or conversation');
}
