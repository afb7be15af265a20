import { Injectable, StreamableFile } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Course } from '../course/course.js';
import { TaskSpeech } from '../speech/task-speech.js';
import { TaskProgressRepository } from '../task-progress/persistence/task-progress.repository.js';
import { xelErrors } from '../xel.errors.js';
import type { XelTaskAudioText } from './dto/task-audio.dto.js';

/** The audio of listening and dictation tasks. */
@Injectable()
export class TaskAudioService {
  constructor(
    private readonly course: Course,
    private readonly speech: TaskSpeech,
    private readonly progress: TaskProgressRepository,
    private readonly clock: Clock,
  ) {}

  /** A learner who reads the text of a listening task is assisted in it from then on. The text of a dictation is its answer. */
  async get({ userId }: Actor, taskId: string, asText: boolean): Promise<XelTaskAudioText | StreamableFile> {
    const task = this.course.findTask(taskId);
    if (!task) throw xelErrors.xel_task_not_found();
    const { content, moduleId } = task;
    if (content.type !== 'listening' && content.type !== 'dictation') throw xelErrors.task_audio_not_found();
    if (asText && content.type === 'listening') {
      await this.progress.markAssisted({ userId, moduleId, taskId }, this.clock.now());
      return { task_id: taskId, text: content.script, assisted: true };
    }
    if (!this.speech.isAvailable)
      throw xelErrors.task_audio_unavailable({
        data: { text_available: content.type === 'listening' },
        permanent: true,
      });
    if (asText) throw invalidField('as', 'type', 'must be absent for a dictation: its text is the answer');
    const audio = await this.speech.speak(content.script);
    return new StreamableFile(audio, { type: 'audio/wav', length: audio.length });
  }
}
