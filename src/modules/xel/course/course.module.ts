import { Module } from '@nestjs/common';
import { CourseCatalog } from './course-catalog.js';
import { Course } from './course.js';

/** The content of the English course. */
@Module({
  providers: [{ provide: Course, useFactory: () => Course.fromFiles() }, CourseCatalog],
  exports: [Course, CourseCatalog],
})
export class CourseModule {}
