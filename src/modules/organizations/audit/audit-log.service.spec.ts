import type { ApiKeyActor, OrganizationActor } from '@/platform/access/index.js';
import type { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { UnitOfWork } from '@/platform/persistence/index.js';
import { AUDIT_ACTIONS } from './audit-actions.js';
import { AuditLogService } from './audit-log.service.js';
import type { AuditEvent } from './persistence/audit-event.entity.js';
import type { AuditRepository } from './persistence/audit.repository.js';

const ORGANIZATION_ID = 'organization' as OrganizationId;
const OTHER_ID = 'other' as OrganizationId;
const NOW = new Date('2026-01-02T03:04:05.678Z');
const TARGET = { type: 'user', id: 'target' } as const;

const actor: OrganizationActor = {
  via: 'session',
  userId: 'user',
  sessionId: 'session',
  secondFactor: false,
  passwordAt: NOW,
  secondFactorAt: null,
  organization: { id: ORGANIZATION_ID, role: 'admin' },
};
const keyActor: ApiKeyActor = {
  via: 'api_key',
  userId: 'creator',
  keyId: 'key',
  organizationId: ORGANIZATION_ID,
  scopes: [],
  secondFactor: false,
};

function given({ inTransaction = true } = {}): { audit: AuditLogService; inserted: AuditEvent[] } {
  const inserted: AuditEvent[] = [];
  const events: Pick<AuditRepository, 'insert'> = {
    insert: (added) => Promise.resolve(void inserted.push(...added)),
  };
  const unitOfWork: Pick<UnitOfWork, 'inTransaction'> = { inTransaction };
  const clock: Pick<Clock, 'now'> = { now: () => NOW };
  const audit = new AuditLogService(events as AuditRepository, unitOfWork as UnitOfWork, clock as Clock);
  return { audit, inserted };
}

describe('AuditLogService.record', () => {
  it('stores ids, details and time, and nothing else about the actor', async () => {
    const { audit, inserted } = given();
    await audit.record(actor, {
      organizationId: OTHER_ID,
      action: 'member.moved_in',
      target: TARGET,
      details: { from: ORGANIZATION_ID, role: 'member' },
    });
    expect(inserted).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        organization_id: OTHER_ID,
        actor_id: 'user',
        api_key_id: null,
        action: 'member.moved_in',
        target_type: 'user',
        target_id: 'target',
        details: { from: ORGANIZATION_ID, role: 'member' },
        created_at: NOW,
      },
    ]);
  });

  it('stores the API key with which the actor acts', async () => {
    const { audit, inserted } = given();
    await audit.record(keyActor, { organizationId: ORGANIZATION_ID, action: 'team.deleted', target: TARGET });
    expect(inserted[0]).toMatchObject({ actor_id: 'creator', api_key_id: 'key', details: {} });
  });

  it('gives each event its own id, in ascending order', async () => {
    const { audit, inserted } = given();
    for (let count = 0; count < 50; count += 1)
      await audit.record(actor, { organizationId: ORGANIZATION_ID, action: 'team.created', target: TARGET });
    const ids = inserted.map(({ id }) => id);
    expect(new Set(ids).size).toBe(50);
    expect([...ids].sort()).toEqual(ids);
  });

  it('throws outside of a transaction and stores nothing', async () => {
    const { audit, inserted } = given({ inTransaction: false });
    const entry = { organizationId: ORGANIZATION_ID, action: 'team.created', target: TARGET } as const;
    await expect(audit.record(actor, entry)).rejects.toThrow(
      'The audit event team.created must be recorded in a transaction.',
    );
    await expect(audit.recordFor(actor, 'team.created', TARGET)).rejects.toThrow('transaction');
    expect(inserted).toEqual([]);
  });
});

describe('AuditLogService.recordFor', () => {
  it('records in the organization of the actor', async () => {
    const { audit, inserted } = given();
    await audit.recordFor(actor, 'member.left', TARGET, { role: 'member' });
    await audit.recordFor(actor, 'member.left', TARGET);
    expect(inserted.map(({ organization_id, details }) => [organization_id, details])).toEqual([
      [ORGANIZATION_ID, { role: 'member' }],
      [ORGANIZATION_ID, {}],
    ]);
  });
});

describe('audit actions', () => {
  it('are unique and named <target>.<what happened>', () => {
    expect(new Set(AUDIT_ACTIONS).size).toBe(AUDIT_ACTIONS.length);
    for (const action of AUDIT_ACTIONS) expect(action).toMatch(/^[a-z_]+\.[a-z_]+$/);
  });
});
