import { Injectable } from '@nestjs/common';
import { Course } from '@/modules/xel/course/course.js';
import { isOpen } from '@/modules/xel/submissions/scoring/score.js';
import { TaskAvailability } from '@/modules/xel/task-progress/task-availability.js';

/** The tasks that can be reviewed: a version of the server may not have a task any more, or lack its audio. */
@Injectable()
export class OfferedTasks {
  constructor(
    private readonly course: Course,
    private readonly availability: TaskAvailability,
  ) {}

  listIds(): string[] {
    const tasks = this.course.modules.flatMap(({ tasks }) => tasks);
    return tasks
      .filter((task) => !isOpen(task.content) && this.availability.isAvailable(task))
      .map(({ id }) => id);
  }
}
