import { Injectable } from '@nestjs/common';
import { BoundedQueue } from '@/platform/limits/index.js';

const AT_ONCE = 5;
const WAITING = 300;
const RETRY_SECONDS = 2;

/** Searches work the database hard: few at once, so that everything else still gets through. */
@Injectable()
export class SearchQueue extends BoundedQueue {
  constructor() {
    super(AT_ONCE, WAITING, RETRY_SECONDS);
  }
}
