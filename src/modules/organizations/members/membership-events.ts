import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { AuditActor } from '../audit/audit-log.service.js';

export interface MembershipEndedEvent {
  organizationId: OrganizationId;
  userId: string;
  /** The user who ended the membership; the member when they left. */
  endedBy: string;
  /** True when the member was moved to another organization. */
  moved: boolean;
}

export interface MembershipCreatedEvent {
  organizationId: OrganizationId;
  userId: string;
  /** The actor who added the user; the user when they joined by themself. */
  addedBy: AuditActor;
}

type MembershipCreatedHandler = (event: MembershipCreatedEvent) => Promise<void>;
type MembershipEndedHandler = (end: MembershipEndedEvent) => Promise<void>;

/** Publishes the start and the end of memberships to other modules. Handlers run in the same transaction. */
@Injectable()
export class MembershipEvents {
  private readonly createdHandlers: MembershipCreatedHandler[] = [];
  private readonly handlers: MembershipEndedHandler[] = [];

  onCreated(handler: MembershipCreatedHandler): void {
    this.createdHandlers.push(handler);
  }

  async publishCreated(event: MembershipCreatedEvent): Promise<void> {
    for (const handler of this.createdHandlers) await handler(event);
  }

  onEnded(handler: MembershipEndedHandler): void {
    this.handlers.push(handler);
  }

  async publishEnded(event: MembershipEndedEvent): Promise<void> {
    for (const handler of this.handlers) await handler(event);
  }
}
