import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  AuditLogService,
  type MembershipEndedEvent,
  MembershipEvents,
} from '@/modules/organizations/index.js';
import { UploaderRepository } from './persistence/uploader.repository.js';

/**
 * Shared documents belong to their organization: they stay when their uploader leaves it or is erased, without the name. Runs in
 * the transaction that ends the membership.
 */
@Injectable()
export class DepartedUploaders implements OnModuleInit {
  constructor(
    private readonly uploaders: UploaderRepository,
    private readonly events: MembershipEvents,
    private readonly audit: AuditLogService,
  ) {}

  onModuleInit(): void {
    this.events.onEnded((event) => this.detach(event));
  }

  private async detach({ organizationId, userId, endedBy }: MembershipEndedEvent): Promise<void> {
    const documents = await this.uploaders.detach(organizationId, userId);
    if (documents === 0) return;
    await this.audit.record(
      { userId: endedBy },
      {
        organizationId,
        action: 'document.uploader_removed',
        target: { type: 'user', id: userId },
        details: { documents },
      },
    );
  }
}
