import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { livePlanSql, millisecondsSql, monthEndSql, monthSql } from './live-plan-sql.js';

export interface LiveQuotaRow {
  plan: string;
  used_ms: number;
}

/** Of the time that the leases of active sessions have taken, the part after `now` is not used yet. */
const FIND = {
  name: 'live_quota.find',
  text: `SELECT ${livePlanSql('$2::uuid', '$4')} AS plan, GREATEST(0,
           COALESCE((SELECT p.used_ms FROM live_pots p WHERE p.subject_id = $1 AND p.month = ${monthSql('$3::timestamptz')}), 0)
           - COALESCE((SELECT sum(${millisecondsSql('GREATEST(s.started_at, $3::timestamptz)', `LEAST(s.lease_until, ${monthEndSql('$3::timestamptz')})`)})
              FROM live_sessions s WHERE s.ended_at IS NULL AND s.lease_until > $3
                AND (s.owner_id = $1 OR s.organization_id = $1 AND s.owner_id IS NULL)), 0))::float8 AS used_ms`,
};

const SET_PLAN = {
  name: 'live_plans.set',
  text: `INSERT INTO live_plans AS p (organization_id, plan, updated_at)
         SELECT o.id, $2, $3 FROM organizations o WHERE o.id = $1
         ON CONFLICT (organization_id) DO UPDATE SET plan = excluded.plan, updated_at = excluded.updated_at
           WHERE p.plan <> excluded.plan RETURNING organization_id`,
};

const FIND_PLAN = {
  name: 'live_plans.find',
  text: `SELECT ${livePlanSql('o.id', '$2')} AS plan FROM organizations o WHERE o.id = $1`,
};

/** Reads the time that users and organizations have used, and stores the plans of organizations. */
@Injectable()
export class LiveQuotaRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns the used time of a user, or of an organization with embedded sessions, in the month of `now`. */
  async find(
    subjectId: string,
    payerId: OrganizationId | null,
    { now, limitsJson }: { now: Date; limitsJson: string },
  ): Promise<LiveQuotaRow> {
    const rows = await this.unitOfWork.query<LiveQuotaRow>(FIND, [subjectId, payerId, now, limitsJson]);
    return rows[0] as LiveQuotaRow;
  }

  /** Returns the plan of an organization; undefined when there is no such organization. */
  async findPlan(organizationId: string, limitsJson: string): Promise<string | undefined> {
    const [row] = await this.unitOfWork.query<{ plan: string }>(FIND_PLAN, [organizationId, limitsJson]);
    return row?.plan;
  }

  /** Returns false when the organization has this plan already, or does not exist. */
  async setPlan(organizationId: string, plan: string, now: Date): Promise<boolean> {
    return (await this.unitOfWork.query(SET_PLAN, [organizationId, plan, now])).length > 0;
  }
}
