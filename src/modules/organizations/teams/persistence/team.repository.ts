import { Injectable } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/organizations.errors.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import {
  defineKeyset,
  keysetQuery,
  RepositoryBase,
  mapConstraintErrors,
  UnitOfWork,
} from '@/platform/persistence/index.js';
import { Team } from './team.entity.js';

const LIST = defineKeyset(
  'teams.list',
  'id < $3::uuid',
  (after) => `SELECT * FROM teams WHERE organization_id = $1 ${after} ORDER BY id DESC LIMIT $2`,
);

const FIND = {
  name: 'teams.find',
  text: 'SELECT * FROM teams WHERE organization_id = $1 AND id = $2',
};

const CONSTRAINTS = { teams_name_key: organizationErrors.team_name_taken };

/** The teams of an organization. Every method takes the organization id first. */
@Injectable()
export class TeamRepository extends RepositoryBase<Team> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Team);
  }

  list(organizationId: OrganizationId, window: PageWindow<string>): Promise<Team[]> {
    return this.query<Team>(...keysetQuery(LIST, [organizationId], window));
  }

  async find(organizationId: OrganizationId, teamId: string): Promise<Team | undefined> {
    return this.one<Team>(FIND, [organizationId, teamId]);
  }

  /** Throws `team_name_taken`. */
  async insert(team: Omit<Team, 'member_count'>): Promise<void> {
    await mapConstraintErrors(CONSTRAINTS, () => this.rows.insert(team));
  }

  /** Returns false when the team does not exist. Throws `team_name_taken`. */
  async update(organizationId: OrganizationId, id: string, changes: Partial<Team>): Promise<boolean> {
    const where = { organization_id: organizationId, id };
    return (await mapConstraintErrors(CONSTRAINTS, () => this.rows.update(where, changes))).affected === 1;
  }

  async delete(organizationId: OrganizationId, id: string): Promise<boolean> {
    return (await this.rows.delete({ organization_id: organizationId, id })).affected === 1;
  }
}
