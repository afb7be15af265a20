import { Injectable } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/index.js';
import type { OrganizationActor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { toUtcDay } from '@/platform/kernel/dates.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { StatisticsFrame } from './dto/statistics-numbers.responses.js';
import { StatisticsScopeRepository, type TeamName } from './persistence/statistics-scope.repository.js';
import type { StatisticsScope } from './persistence/statistics-sql.js';
import { DEFINITIONS } from './statistics-metrics.js';
import { resolvePeriod, type StatisticsPeriod } from './statistics-period.js';

export interface StatisticsInput {
  team_id?: string;
  compare_team_id?: string;
  start_date?: string;
  end_date?: string;
}

export interface StatisticsContext {
  scope: StatisticsScope;
  period: StatisticsPeriod;
  frame: StatisticsFrame;
  /** The teams of a comparison. */
  compared: [TeamName, TeamName] | null;
}

/** Decides whose statistics a caller reads: administrators all members, team managers those of their teams. */
@Injectable()
export class StatisticsAccessService {
  constructor(
    private readonly scopes: StatisticsScopeRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs `work` in a transaction whose statements all read the same state of the database. Throws 400 for an invalid period,
   * and `team_not_found` for a team that does not exist or that a team manager does not manage.
   */
  read<Result>(
    actor: OrganizationActor,
    input: StatisticsInput,
    work: (context: StatisticsContext) => Promise<Result>,
  ): Promise<Result> {
    assertComparable(input);
    const asOf = this.clock.now();
    const period = resolvePeriod(input, toUtcDay(asOf));
    return this.unitOfWork.run(async () => {
      await this.scopes.beginSnapshot();
      return work(await this.createContext(actor, input, { asOf, period }));
    });
  }

  private async createContext(
    { userId, organization }: OrganizationActor,
    input: StatisticsInput,
    { asOf, period }: { asOf: Date; period: StatisticsPeriod },
  ): Promise<StatisticsContext> {
    const name = await this.scopes.findOrganizationName(organization.id);
    if (name === undefined) throw organizationErrors.organization_not_found();
    const managed =
      organization.role === 'team_manager'
        ? await this.scopes.listManagedTeams(organization.id, userId)
        : null;
    const requested = [input.team_id, input.compare_team_id].flatMap((id) => (id ? [id.toLowerCase()] : []));
    const found = requested.length > 0 ? await this.scopes.findTeams(organization.id, requested) : [];
    const [team = null, other = null] = requested.map((id) => {
      const match = found.find((candidate) => candidate.id === id);
      if (!match || managed?.includes(id) === false) throw organizationErrors.team_not_found();
      return match;
    });
    return {
      scope: { organizationId: organization.id, teamIds: team ? [team.id] : managed },
      period,
      compared: team && other && [team, other],
      frame: {
        organization_id: organization.id,
        organization_name: name,
        team_id: team?.id ?? null,
        team_name: team?.name ?? null,
        timezone: 'UTC',
        as_of: asOf.toISOString(),
        start_date: period.start,
        end_date: period.end,
        previous_start_date: period.previousStart,
        previous_end_date: period.previousEnd,
        definitions: DEFINITIONS,
      },
    };
  }
}

function assertComparable({ team_id, compare_team_id }: StatisticsInput): void {
  if (compare_team_id === undefined) return;
  if (team_id === undefined) throw invalidField('team_id', 'required', 'is required with compare_team_id');
  if (team_id.toLowerCase() === compare_team_id.toLowerCase())
    throw invalidField('compare_team_id', 'distinct', 'must be another team than team_id');
}
