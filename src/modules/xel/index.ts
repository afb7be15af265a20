export { CourseCatalog } from './course/course-catalog.js';
export { XelModule } from './xel.module.js';
