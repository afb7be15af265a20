import { Module } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { ProgressExportRepository } from './persistence/progress-export.repository.js';
import { ProgressDataExport } from './progress-data-export.js';

/** Adds the progress of a learner to the data export. */
@Module({
  imports: [UsersModule],
  providers: [ProgressExportRepository, ProgressDataExport],
})
export class ProgressDataExportModule {}
