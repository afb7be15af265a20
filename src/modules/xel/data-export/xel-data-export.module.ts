import { Module } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { PlacementModule } from '../placement/placement.module.js';
import { SubmissionsModule } from '../submissions/submissions.module.js';
import { TaskProgressModule } from '../task-progress/task-progress.module.js';
import { XelDataExport } from './xel-data-export.js';

/** Adds the English course to the data export of a user. */
@Module({
  imports: [PlacementModule, SubmissionsModule, TaskProgressModule, UsersModule],
  providers: [XelDataExport],
})
export class XelDataExportModule {}
