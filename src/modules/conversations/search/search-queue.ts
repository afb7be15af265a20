import { Injectable } from '@nestjs/common';
import { BoundedQueue } from '@/platform/concurrency/index.js';

const MAX_CONCURRENT = 5;
const MAX_WAITING = 300;
const RETRY_SECONDS = 2;

/** Limits concurrent searches in this process, so that expensive queries do not delay other requests. */
@Injectable()
export class SearchQueue extends BoundedQueue {
  constructor() {
    super(MAX_CONCURRENT, MAX_WAITING, RETRY_SECONDS);
  }
}
