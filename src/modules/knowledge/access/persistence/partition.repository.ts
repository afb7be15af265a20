import { Injectable } from '@nestjs/common';
import type { Visibility } from '@/modules/knowledge/knowledge.rules.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { KnowledgePartition } from './knowledge-partition.entity.js';

/** Who reads a document: the columns that identify a partition. */
export type Place = Pick<
  KnowledgePartition,
  'visibility' | 'owner_id' | 'organization_id' | 'team_id' | 'conversation_id'
>;

export interface TeamAccess {
  organization_id: OrganizationId;
  in_team: boolean;
}

const INSERT = {
  name: 'knowledge_partitions.insert',
  text: `INSERT INTO knowledge_partitions (id, visibility, owner_id, organization_id, team_id, conversation_id)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
};

/** Each condition has a unique index. */
const FIND: Record<Visibility, { condition: string; keys: (place: Place) => unknown[] }> = {
  private: {
    condition:
      'owner_id = $1 AND (organization_id = $2::uuid OR (organization_id IS NULL AND $2::uuid IS NULL))',
    keys: ({ owner_id, organization_id }) => [owner_id, organization_id],
  },
  conversation: {
    condition: 'conversation_id = $1 AND owner_id = $2',
    keys: ({ conversation_id, owner_id }) => [conversation_id, owner_id],
  },
  team: {
    condition: 'team_id = $1 AND organization_id = $2',
    keys: ({ team_id, organization_id }) => [team_id, organization_id],
  },
  organization: { condition: 'organization_id = $1', keys: ({ organization_id }) => [organization_id] },
};

const LOCK_ACCOUNT = {
  name: 'knowledge_partitions.lock_account',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('knowledge/' || $1, 0))`,
};

const SUM_BYTES_OF_USER = {
  name: 'knowledge_partitions.sum_bytes_of_user',
  text: 'SELECT coalesce(sum(bytes), 0)::float8 AS bytes FROM knowledge_partitions WHERE owner_id = $1',
};

const SUM_BYTES_OF_ORGANIZATION = {
  name: 'knowledge_partitions.sum_bytes_of_organization',
  text: `SELECT coalesce(sum(bytes), 0)::float8 AS bytes FROM knowledge_partitions
         WHERE organization_id = $1 AND owner_id IS NULL`,
};

const FIND_TEAM = {
  name: 'knowledge_partitions.find_team',
  text: `SELECT t.organization_id,
           EXISTS (SELECT FROM team_members tm WHERE tm.team_id = t.id AND tm.user_id = $2) AS in_team
         FROM teams t JOIN memberships m ON m.organization_id = t.organization_id AND m.user_id = $2
         WHERE t.id = $1`,
};

/** Finds and creates partitions. The caller has authorized the actor for the place. */
@Injectable()
export class PartitionRepository extends RepositoryBase<KnowledgePartition> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgePartition);
  }

  /** Returns the id of the partition of a place, which is created when it does not exist. */
  async findOrInsert(place: Place): Promise<string> {
    const { visibility, owner_id, organization_id, team_id, conversation_id } = place;
    const existing = await this.find(place);
    if (existing) return existing.id;
    await this.query(INSERT, [newId(), visibility, owner_id, organization_id, team_id, conversation_id]);
    const created = await this.find(place);
    if (!created) throw new Error(`No partition was created for ${visibility} documents.`);
    return created.id;
  }

  private find(place: Place): Promise<{ id: string } | undefined> {
    const { condition, keys } = FIND[place.visibility];
    const text = `SELECT id FROM knowledge_partitions WHERE visibility = '${place.visibility}' AND ${condition}`;
    return this.one({ name: `knowledge_partitions.find.${place.visibility}`, text }, keys(place));
  }

  /**
   * Locks what an account stores until the surrounding transaction ends: the organization of shared documents, or the owner.
   * Uploads of one account run one after the other, so equal ones find each other and the storage is not exceeded.
   */
  async lockAccount({ owner_id, organization_id }: Place): Promise<void> {
    await this.query(LOCK_ACCOUNT, [owner_id ?? organization_id]);
  }

  /** Returns the size of all files of the account; see `lockAccount`. */
  async sumBytes({ owner_id, organization_id }: Place): Promise<number> {
    const statement = owner_id === null ? SUM_BYTES_OF_ORGANIZATION : SUM_BYTES_OF_USER;
    const row = await this.one<{ bytes: number }>(statement, [owner_id ?? organization_id]);
    return row?.bytes ?? 0;
  }

  /** Returns undefined when there is no such team in an organization of the user. */
  findTeam(teamId: string, userId: string): Promise<TeamAccess | undefined> {
    return this.one<TeamAccess>(FIND_TEAM, [teamId, userId]);
  }
}
