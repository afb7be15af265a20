import { Injectable } from '@nestjs/common';

/** A module of the course, as the model is told of it. */
export interface PracticeModule {
  title: string;
  /** CEFR level, A1 to C1. */
  level: string;
  description: string;
  /** What the learner can do at its end, in sentences. */
  objectives: readonly string[];
}

type FindModule = (id: string) => PracticeModule | undefined;

/** Knows the modules that a session can practise. The module with the course registers them, because it depends on this one. */
@Injectable()
export class PracticeModuleRegistry {
  private findModule: FindModule = () => undefined;

  /** To be called once, while the application starts. */
  register(findModule: FindModule): void {
    this.findModule = findModule;
  }

  /** Returns null for a session without a module, and for a module that does not exist. */
  find(id: string | null): PracticeModule | null {
    return (id !== null && this.findModule(id)) || null;
  }
}
