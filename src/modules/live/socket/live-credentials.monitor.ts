import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IntegrationTokenAuthenticator } from '@/modules/integration-tokens/index.js';
import { OrganizationAccessService } from '@/modules/organizations/index.js';
import { type Actor, RequestAuthenticator } from '@/platform/access/index.js';
import { AppError } from '@/platform/errors/index.js';
import { AccessChangeNotifier } from '@/platform/events/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { LiveSessionNotifier } from '../sessions/index.js';
import type { LiveTalk } from './live-talk.js';

/** Finds the sessions of sockets whose credentials have ended. */
@Injectable()
export class LiveCredentialsMonitor implements OnModuleInit {
  /** Organizations whose members or requirements have changed since the last check. */
  private changed = new Set<string>();
  /** Changes may have been missed since the last check: any organization may have changed. */
  private mayHaveMissed = false;

  constructor(
    private readonly authenticator: RequestAuthenticator,
    private readonly integrationTokens: IntegrationTokenAuthenticator,
    private readonly access: OrganizationAccessService,
    private readonly accessChanges: AccessChangeNotifier,
    private readonly notifier: LiveSessionNotifier,
  ) {}

  onModuleInit(): void {
    this.accessChanges.onOrganizationAccessChanged((id) => this.changed.add(id));
    this.accessChanges.onUserAccessChanged((id) => this.changed.add(id));
    this.notifier.onReset(() => (this.mayHaveMissed = true));
  }

  /** Returns those of the sessions that may not go on. Costs one query for all API keys, and one for all embedded sessions. */
  async findEnded(talks: readonly LiveTalk[]): Promise<LiveTalk[]> {
    const { changed, mayHaveMissed } = this;
    [this.changed, this.mayHaveMissed] = [new Set(), false];
    try {
      return await this.findEndedAmong(talks, (id) => mayHaveMissed || (id !== null && changed.has(id)));
    } catch (error) {
      for (const id of changed) this.changed.add(id); // the next check looks at them again
      this.mayHaveMissed ||= mayHaveMissed;
      throw error;
    }
  }

  private async findEndedAmong(
    talks: readonly LiveTalk[],
    hasChanged: (id: string | null) => boolean,
  ): Promise<LiveTalk[]> {
    const [actors, jtis] = [new Set<Actor>(), new Set<string>()];
    for (const { admission } of talks) {
      if (admission.session.actor) actors.add(admission.session.actor);
      if (admission.jti !== null) jtis.add(admission.jti);
    }
    const endedActors = await this.authenticator.findEnded([...actors]);
    const endedTokens = new Set(await this.integrationTokens.findEnded([...jtis]));
    const ended: LiveTalk[] = [];
    for (const talk of talks) {
      const { session, jti, organizationId } = talk.admission;
      const { actor } = session;
      const hasEnded = actor ? endedActors.has(actor) : endedTokens.has(jti ?? '');
      const mayHaveChanged = hasChanged(organizationId) || hasChanged(actor?.userId ?? null);
      if (hasEnded || (mayHaveChanged && !(await this.isStillAllowed(actor, organizationId))))
        ended.push(talk);
    }
    return ended;
  }

  /** Returns whether the actor may still use the organization that pays, which can require a second factor. */
  private async isStillAllowed(actor: Actor | null, organizationId: OrganizationId | null): Promise<boolean> {
    if (!actor || organizationId === null) return true;
    try {
      await this.access.authorizeIn(actor, organizationId, 'organization.read');
      return true;
    } catch (error) {
      if (error instanceof AppError && error.status < 500) return false;
      throw error;
    }
  }
}
