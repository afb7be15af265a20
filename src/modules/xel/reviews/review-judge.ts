import { Injectable } from '@nestjs/common';
import { Course } from '@/modules/xel/course/course.js';
import { parseResponse } from '@/modules/xel/submissions/scoring/response-shape.js';
import { isOpen, PASS_SCORES, scoreResponse } from '@/modules/xel/submissions/scoring/score.js';
import { toSolution } from '@/modules/xel/submissions/scoring/solution.js';
import { LearnerProgressService } from '@/modules/xel/task-progress/learner-progress.service.js';
import { MAX_SCORE } from '@/modules/xel/task-progress/task-progress.rules.js';
import { xelErrors } from '@/modules/xel/xel.errors.js';
import { invalidField } from '@/platform/errors/index.js';
import type { XelReviewAnswerRequest, XelReviewResult } from './dto/review-answer.dto.js';
import { correctSentence, isCheckable, isRightCorrection } from './judge-correction.rules.js';
import type { ReviewItemRow } from './persistence/review-item.repository.js';
import type { ReviewOccurrence } from './persistence/review-occurrence.entity.js';
import type { ReviewRating } from './schedule.rules.js';

/** How a learner did, with the correction. */
export interface Judgement extends Pick<XelReviewResult, 'correct' | 'score' | 'feedback' | 'correction'> {
  rating: ReviewRating;
}

const MAX_RESPONSE_LENGTH = 2000;

/** Judges the answers to items. */
@Injectable()
export class ReviewJudge {
  constructor(
    private readonly course: Course,
    private readonly progress: LearnerProgressService,
  ) {}

  /** Throws 400 for an answer of another shape than that of the item. */
  async judge(item: ReviewItemRow, { response, rating }: XelReviewAnswerRequest): Promise<Judgement> {
    const { occurrence } = item;
    if (!isCheckable(item)) return rateOwn(occurrence, response, rating);
    if (rating !== undefined)
      throw invalidField('rating', 'exclusive', 'must be absent: the server checks the response');
    if (response === undefined) throw invalidField('response', 'required', 'is required');
    return occurrence ? judgeCorrection(occurrence, response) : this.judgeTask(item, response);
  }

  /** The solution of a task stays hidden as long as the learner has tries left. */
  private async judgeTask({ owner_id, task_id }: ReviewItemRow, given: unknown): Promise<Judgement> {
    const task = this.course.findTask(task_id ?? '');
    if (!task || isOpen(task.content)) throw xelErrors.review_not_found();
    const { content } = task;
    const { score, feedback } = scoreResponse(content, parseResponse(content, given));
    const isPassed = score >= PASS_SCORES[content.type];
    const isShown = (await this.progress.load(owner_id)).get(task.id)?.solution_shown ?? false;
    const { text, explanation } = toSolution(content);
    return {
      correct: isPassed,
      score,
      rating: !isPassed ? 'again' : score === MAX_SCORE ? 'good' : 'hard',
      feedback,
      correction: isShown ? { text, sentence: null, explanation } : null,
    };
  }
}

function rateOwn(
  occurrence: ReviewOccurrence | null,
  response: unknown,
  rating: ReviewRating | undefined,
): Judgement {
  if (response !== undefined)
    throw invalidField('response', 'exclusive', 'must be absent: the server cannot check this item');
  if (rating === undefined) throw invalidField('rating', 'required', 'is required');
  const correction = { text: null, sentence: null, explanation: occurrence?.explanation ?? '' };
  return { correct: null, score: null, rating, feedback: 'Your rating counts.', correction };
}

function judgeCorrection(error: ReviewOccurrence, response: unknown): Judgement {
  if (typeof response !== 'string') throw invalidField('response', 'string', 'must be a string');
  if (response.trim() === '') throw invalidField('response', 'min_length', 'must not be empty');
  if (response.length > MAX_RESPONSE_LENGTH)
    throw invalidField('response', 'max_length', `must have at most ${MAX_RESPONSE_LENGTH} characters`);
  const correct = isRightCorrection(error, response);
  const { suggestion: text, explanation } = error;
  return {
    correct,
    score: correct ? MAX_SCORE : 0,
    rating: correct ? 'good' : 'again',
    feedback: correct ? 'Correct!' : 'Compare your answer with the correction.',
    correction: { text, sentence: correctSentence(error), explanation },
  };
}
