import type { CourseTask } from '@/modules/xel/course/course.js';
import type { Actor } from '@/platform/access/index.js';

export interface OpenTaskRequest {
  actor: Actor;
  task: CourseTask;
  /** As the client sent it: the evaluator checks it and throws 400 naming `response`. */
  response: unknown;
  timeSpentSeconds: number | null;
}

/** `queued`, `running`: the evaluation goes on in the background and is credited when it ends. */
export type OpenTaskResult =
  | { status: 'done'; evaluationId: string; score: number; feedback: string }
  | { status: 'queued' | 'running'; evaluationId: string }
  | { status: 'could_not_evaluate'; evaluationId: string; reason: string; feedback: string };

/** Evaluates responses to writing and speaking tasks; the evaluation folder implements it. */
export abstract class OpenTaskEvaluator {
  /** Returns after 10 seconds at most. Is called outside of transactions. */
  abstract evaluate(request: OpenTaskRequest): Promise<OpenTaskResult>;
}
