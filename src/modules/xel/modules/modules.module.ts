import { Module } from '@nestjs/common';
import { CourseModule } from '../course/course.module.js';
import { TaskProgressModule } from '../task-progress/task-progress.module.js';
import { EnglishModulesController } from './modules.controller.js';
import { EnglishModulesService } from './modules.service.js';

/** The modules of the course, with the progress of the caller. */
@Module({
  imports: [CourseModule, TaskProgressModule],
  controllers: [EnglishModulesController],
  providers: [EnglishModulesService],
})
export class EnglishModulesModule {}
