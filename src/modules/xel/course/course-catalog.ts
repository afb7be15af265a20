import { Injectable } from '@nestjs/common';
import { Course } from './course.js';

/** What other modules may know of the course. */
@Injectable()
export class CourseCatalog {
  constructor(private readonly course: Course) {}

  /** Returns undefined for a module that does not exist. */
  findTitle(moduleId: string): string | undefined {
    return this.course.findModule(moduleId)?.title;
  }
}
