import { Injectable } from '@nestjs/common';
import { OrganizationEvents } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { NotificationBus } from '@/platform/persistence/index.js';
import { CHANGED_TOPIC } from './ingestion.rules.js';
import { SharedDocumentRepository } from './persistence/shared-document.repository.js';

/** Publishes the end of an ingestion in its transaction: to readers, and to the organization of a shared document. */
@Injectable()
export class DocumentStatePublisher {
  constructor(
    private readonly bus: NotificationBus,
    private readonly sharedDocuments: SharedDocumentRepository,
    private readonly events: OrganizationEvents,
    private readonly clock: Clock,
  ) {}

  async publishReady(documentId: string, version: number): Promise<void> {
    await this.bus.publish(CHANGED_TOPIC, documentId);
    await this.publishToOrganization('knowledge.document.ready', documentId, { version });
  }

  async publishFailed(documentId: string, version: number, errorCode: string): Promise<void> {
    await this.bus.publish(CHANGED_TOPIC, documentId);
    const state = { version, error_code: errorCode };
    await this.publishToOrganization('knowledge.document.failed', documentId, state);
  }

  private async publishToOrganization(
    type: 'knowledge.document.ready' | 'knowledge.document.failed',
    documentId: string,
    state: Record<string, string | number>,
  ): Promise<void> {
    const place = await this.sharedDocuments.find(documentId);
    if (!place) return;
    const { organization_id: organizationId, visibility, team_id } = place;
    const data = { document_id: documentId, ...state, visibility, team_id };
    await this.events.publish({ organizationId, type, timestamp: this.clock.now(), data });
  }
}
