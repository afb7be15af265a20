import { findCourseFaults } from '../src/modules/xel/course/course-faults.js';
import { Course } from '../src/modules/xel/course/course.js';

// The build runs it: content that does not follow the schema, or contradicts itself, never gets into a server.
const faults = findCourseFaults(Course.fromFiles());
for (const fault of faults) process.stderr.write(`content/xel: ${fault}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
