import { Module, type OnModuleInit } from '@nestjs/common';
import { LiveModule } from '@/modules/live/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { DAY } from '@/platform/kernel/durations.js';
import { SpeechClipRepository } from './persistence/speech-clip.repository.js';
import { TaskSpeech } from './task-speech.js';

/** Audio of earlier texts and voices is not used again. */
const RETENTION = 90 * DAY;

/** Speaks tasks. */
@Module({ imports: [LiveModule], providers: [SpeechClipRepository, TaskSpeech], exports: [TaskSpeech] })
export class TaskSpeechModule implements OnModuleInit {
  constructor(private readonly sweeper: ExpiredRowSweeper) {}

  onModuleInit(): void {
    this.sweeper.registerRetention({
      table: 'xel_speech_clips',
      condition: 'created_at <= $1',
      keptFor: RETENTION,
    });
  }
}
