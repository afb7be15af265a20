import { Injectable } from '@nestjs/common';
import { FairQueue } from '@/platform/concurrency/index.js';

/** Limits concurrent searches in this process: expensive queries do not delay other requests. */
@Injectable()
export class KnowledgeSearchQueue extends FairQueue {
  constructor() {
    super({
      name: 'knowledge_searches',
      concurrency: 5,
      concurrencyPerCaller: 2,
      maxWaiting: 300,
      maxWaitingPerCaller: 60,
      retryAfter: 2,
    });
  }
}
