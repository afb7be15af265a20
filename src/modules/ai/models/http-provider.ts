import type { Clock } from '@/platform/kernel/clock.js';
import { within } from './answer-builder.js';
import type { CallLimits } from './http/http-exchange.js';
import type { HttpTransport } from './http/http-transport.js';
import type { ModelAnswer, ModelEnd, ModelRequest, Provider, Tell } from './language-model.js';
import { ModelCatalogue } from './model-list-cache.js';
import type { Dialect } from './protocols/provider-protocol.js';
import { StreamedAnswer } from './stream-response-handler.js';

/** A list of models is looked at while somebody waits for a page. */
const OFFER_MS = 2000;

export interface Identity {
  id: string;
  name: string;
  /** The first is the default. Empty: the provider is asked what it has, where its protocol knows such a question. */
  models: readonly string[];
}

/** A provider behind HTTP: one dialect, one transport. */
export class HttpProvider implements Provider {
  readonly id: string;
  readonly name: string;
  private readonly catalogue: ModelCatalogue | undefined;

  constructor(
    private readonly identity: Identity,
    private readonly dialect: Dialect,
    private readonly transport: HttpTransport,
    private readonly limits: CallLimits,
    clock: Clock,
  ) {
    this.id = identity.id;
    this.name = identity.name;
    const { offer, offered } = dialect;
    if (identity.models.length > 0 || !offer || !offered) return;
    const limit = { answerMs: OFFER_MS, stallMs: OFFER_MS };
    this.catalogue = new ModelCatalogue(clock, async () => offered(await transport.json(offer(), limit)));
  }

  async answer(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
    const question = this.dialect.question(request, false);
    const body = await this.transport.json(question, this.limits, signal);
    return within(this.dialect.whole(body, request.model));
  }

  stream(request: ModelRequest, signal: AbortSignal, tell: Tell): Promise<ModelEnd> {
    return new Promise((whole, failed) => {
      const answer = new StreamedAnswer(this.dialect, request.model, { tell, whole, failed });
      this.transport.send(this.dialect.question(request, true), answer, this.limits, signal);
    });
  }

  async models(): Promise<readonly string[]> {
    return this.catalogue ? this.catalogue.list() : this.identity.models;
  }
}
