import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';

export interface TeamName {
  id: string;
  name: string;
}

/** With statements that read one state of the database. */
const BEGIN_SNAPSHOT = {
  name: 'statistics.begin_snapshot',
  text: 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
};

/** Statements whose periods differ in length by a factor of a thousand need a plan for each. */
const PLAN_FOR_VALUES = {
  name: 'statistics.plan_for_values',
  text: `SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)`,
};

const FIND_ORGANIZATION_NAME = {
  name: 'statistics.organization_name',
  text: 'SELECT name FROM organizations WHERE id = $1',
};

const LIST_MANAGED_TEAMS = {
  name: 'statistics.managed_teams',
  text: `SELECT tm.team_id AS id FROM team_members tm WHERE tm.organization_id = $1 AND tm.user_id = $2 ORDER BY 1`,
};

const FIND_TEAMS = {
  name: 'statistics.find_teams',
  text: 'SELECT t.id, t.name FROM teams t WHERE t.organization_id = $1 AND t.id = ANY($2::uuid[])',
};

/** Reads what decides whose statistics a caller may read. Every method takes the organization id first. */
@Injectable()
export class StatisticsScopeRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** All later statements of the transaction read the same state of the database. Must be its first statement. */
  async beginSnapshot(): Promise<void> {
    await this.unitOfWork.query(BEGIN_SNAPSHOT, []);
    await this.unitOfWork.query(PLAN_FOR_VALUES, []);
  }

  async findOrganizationName(organizationId: OrganizationId): Promise<string | undefined> {
    return (await this.unitOfWork.query<{ name: string }>(FIND_ORGANIZATION_NAME, [organizationId]))[0]?.name;
  }

  /** Returns the ids of the teams of a team manager. */
  async listManagedTeams(organizationId: OrganizationId, userId: string): Promise<string[]> {
    const rows = await this.unitOfWork.query<{ id: string }>(LIST_MANAGED_TEAMS, [organizationId, userId]);
    return rows.map(({ id }) => id);
  }

  findTeams(organizationId: OrganizationId, teamIds: readonly string[]): Promise<TeamName[]> {
    return this.unitOfWork.query<TeamName>(FIND_TEAMS, [organizationId, teamIds]);
  }
}
