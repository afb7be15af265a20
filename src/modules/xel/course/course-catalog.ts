import { Injectable } from '@nestjs/common';
import { Course } from './course.js';
import type { CefrLevel } from './course.schema.js';

export interface CatalogModule {
  title: string;
  level: CefrLevel;
  description: string;
  /** What a learner can do at the end of the module, in sentences. */
  objectives: readonly string[];
}

/** What other modules may know of the course. */
@Injectable()
export class CourseCatalog {
  constructor(private readonly course: Course) {}

  /** Returns undefined for a module that does not exist. */
  findTitle(moduleId: string): string | undefined {
    return this.course.findModule(moduleId)?.title;
  }

  /** Returns undefined for a module that does not exist. */
  findModule(moduleId: string): CatalogModule | undefined {
    const module = this.course.findModule(moduleId);
    if (!module) return undefined;
    const { title, level, description, can_do: objectives } = module;
    return { title, level, description, objectives };
  }
}
