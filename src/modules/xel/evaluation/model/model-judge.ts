import { Injectable } from '@nestjs/common';
import { type WholeAnswer, WholeAnswerService } from '@/modules/ai/index.js';
import type { Owner } from '@/modules/organizations/index.js';
import { parseJudgementAnswer } from './judgement-answer.js';
import { buildJudgementPrompt, type JudgementQuestion } from './judgement-prompt.js';
import { type Judgement, verifyJudgement } from './judgement.js';

/** Answers of one judgement, a repeated question included. */
const MAX_ANSWERS = 2;
/** Room for a whole judgement, and for the thinking of models that think. */
const MAX_ANSWER_TOKENS = 8_192;

/** Asks a language model for judgements. */
@Injectable()
export class ModelJudge {
  constructor(private readonly answers: WholeAnswerService) {}

  /** False without a provider other than the built-in one. */
  get isAvailable(): boolean {
    return this.answers.isAvailable;
  }

  /**
   * Returns a judgement, or undefined when neither of two answers counts. Throws the errors of a chat request, and the reason of
   * `signal` when it aborts.
   */
  async judge(
    owner: Owner,
    question: JudgementQuestion,
    signal: AbortSignal,
  ): Promise<Judgement | undefined> {
    let fault: string | null = null;
    for (let answers = 0; answers < MAX_ANSWERS; answers += 1) {
      const messages = buildJudgementPrompt(question, fault);
      const answer = await this.answers.generate({ owner, messages, maxTokens: MAX_ANSWER_TOKENS, signal });
      const judgement = readJudgement(answer, question);
      if (typeof judgement !== 'string') return judgement;
      fault = judgement;
    }
    return undefined;
  }
}

/** Returns what is wrong with an answer that does not count. */
function readJudgement(
  { content, finishReason, provider, model }: WholeAnswer,
  question: JudgementQuestion,
): Judgement | string {
  if (finishReason !== 'stop') return 'the answer was cut off.';
  const answer = parseJudgementAnswer(content);
  if (!answer) return 'it was no JSON object of the required form.';
  return verifyJudgement(answer, question, `${provider}/${model}`);
}
