import { Injectable } from '@nestjs/common';
import { invalidField } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { EndpointGuard, EndpointRefused } from './endpoint-guard.js';

/** A request does not wait longer for name servers. */
const RESOLVE_TIMEOUT_MS = 3_000;

/** Validates the URL of a webhook when it is set. Each delivery judges its addresses again. */
@Injectable()
export class EndpointValidator {
  constructor(
    private readonly guard: EndpointGuard,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Throws 400 for a URL that the server does not connect to. A name that cannot be resolved at present is accepted. */
  async validate(text: string): Promise<void> {
    this.unitOfWork.assertNoTransaction();
    const error = this.guard.findUrlError(text);
    if (error !== null) throw invalidField('url', 'webhook_url', error);
    try {
      await this.guard.resolve(new URL(text), AbortSignal.timeout(RESOLVE_TIMEOUT_MS));
    } catch (cause) {
      if (cause instanceof EndpointRefused)
        throw invalidField('url', 'public_address', 'must have an address of the public Internet');
    }
  }
}
