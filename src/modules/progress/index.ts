export { ProgressModule } from './progress.module.js';
export { ProgressRebuildService } from './rebuild/progress-rebuild.service.js';
export { LearnerDaysService } from './learning-events/learner-days.service.js';
export { LearningEventsService } from './learning-events/learning-events.service.js';
export {
  type LearningEventData,
  type LearningEventInput,
  type LearningEventType,
  type RecordResult,
} from './ledger/learning-event.js';
