import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CHANGED_TOPIC } from '@/modules/knowledge/ingestion/ingestion.rules.js';
import { NotificationBus } from '@/platform/persistence/index.js';

/** Tells the streams of this process which documents have changed, on whichever process. */
@Injectable()
export class DocumentStateBroadcaster implements OnModuleInit {
  private readonly listeners = new Map<string, Set<() => void>>();

  constructor(private readonly bus: NotificationBus) {}

  onModuleInit(): void {
    this.bus.subscribe(CHANGED_TOPIC, (documentId) => {
      for (const listener of this.listeners.get(documentId) ?? []) listener();
    });
  }

  /** Calls `listener` at every change, until the returned function is called. */
  subscribe(documentId: string, listener: () => void): () => void {
    const listeners = this.listeners.get(documentId) ?? new Set();
    this.listeners.set(documentId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(documentId) === listeners)
        this.listeners.delete(documentId);
    };
  }
}
