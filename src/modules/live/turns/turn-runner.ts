import { Injectable } from '@nestjs/common';
import {
  type GroundedQuestion,
  GroundingRegistry,
  type Requester,
  StreamedAnswerService,
} from '@/modules/ai/index.js';
import type { LiveChannelSession } from '../channel/live-channel.js';
import type { TurnAnswer, TurnRequest } from './live-turn.js';
import { buildTurnMessages } from './turn-prompt.rules.js';

/** Runs one answer of the model for one utterance of the user. Sends and stores nothing. */
@Injectable()
export class TurnRunner {
  constructor(
    private readonly answers: StreamedAnswerService,
    private readonly groundings: GroundingRegistry,
  ) {}

  /**
   * Returns the whole answer; its parts are passed on while they arrive. Throws the errors of a chat request, and the reason of
   * `signal` when it aborts.
   */
  async run(request: TurnRequest): Promise<TurnAnswer> {
    const { session, history, text, signal, onText, onSources, flow } = request;
    const question = await this.ground(request);
    const messages = buildTurnMessages(session, history, text, question?.instruction);
    const { content, provider, model } = await this.answers.stream({
      owner: session.owner,
      ...(session.actor ? {} : { requester: toUnknownRequester(session) }),
      provider: session.provider ?? undefined,
      messages,
      signal,
      onText,
      question,
      onSources,
      flow,
    });
    return { text: content, provider, model };
  }

  /** Returns the passages that must support the answer; undefined for a session that does not use documents. */
  private async ground({ session, history, text }: TurnRequest): Promise<GroundedQuestion | undefined> {
    const { actor, useKnowledge } = session;
    if (!useKnowledge || !actor) return undefined;
    const earlierQuestions = history.filter(({ role }) => role === 'user').map((turn) => turn.text);
    const input = { question: text, conversationId: null, earlierQuestions: earlierQuestions.reverse() };
    return this.groundings.get().ground(actor, input);
  }
}

/** An embedded page has no user, so the built-in provider finds no text that it may quote. */
function toUnknownRequester({ sessionId, owner: { organizationId } }: LiveChannelSession): Requester {
  return {
    userId: sessionId,
    organizationId,
    keyId: sessionId,
    hasSecondFactor: false,
    conversationId: null,
  };
}
