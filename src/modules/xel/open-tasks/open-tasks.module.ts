import { Module } from '@nestjs/common';
import { OpenTaskEvaluators } from './open-task-evaluators.js';

/** The port through which responses to writing and speaking tasks are evaluated. */
@Module({ providers: [OpenTaskEvaluators], exports: [OpenTaskEvaluators] })
export class OpenTasksModule {}
