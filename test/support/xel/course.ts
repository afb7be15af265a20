import { Course } from '@/modules/xel/course/course.js';
import { isOpen } from '@/modules/xel/submissions/scoring/score.js';
import { toSolution } from '@/modules/xel/submissions/scoring/solution.js';
import type { TestApp, TestResponse } from '../app/test-app.js';
import type { UserWithId } from '../organizations/given-organizations.js';

export const COURSE = Course.fromFiles();

export const MODULES_URL = '/api/xel/modules';

/** Returns a response with the full score. */
export function rightResponse(taskId: string): string | string[] {
  const content = COURSE.findTask(taskId)?.content;
  if (!content || isOpen(content)) throw new Error(`There is no closed task ${taskId}.`);
  return toSolution(content).response;
}

/** Returns the ids of the tasks of a module that a server without speech and evaluation offers. */
export function listOfferedTasks(moduleId: string): string[] {
  const tasks = COURSE.findModule(moduleId)?.tasks ?? [];
  return tasks.filter(({ content }) => !isOpen(content) && content.type !== 'dictation').map(({ id }) => id);
}

export function submitTask(
  app: TestApp,
  { accessToken: token }: Pick<UserWithId, 'accessToken'>,
  taskId: string,
  response: unknown = rightResponse(taskId),
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  return app.post(`/api/xel/tasks/${taskId}/submit`, { response }, { token, headers });
}
