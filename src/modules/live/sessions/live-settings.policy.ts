import { Injectable } from '@nestjs/common';
import { StreamedAnswerService } from '@/modules/ai/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { PracticeModuleRegistry } from './practice-module.registry.js';

/** Decides whether a session can have its settings. */
@Injectable()
export class LiveSettingsPolicy {
  constructor(
    private readonly answers: StreamedAnswerService,
    private readonly practiceModules: PracticeModuleRegistry,
  ) {}

  /** Throws 400 for a provider or module that does not exist, and `ai_unavailable` for a provider that is not configured. */
  assertPossible({ provider, module_id }: { provider: string | null; module_id: string | null }): void {
    if (provider !== null) this.answers.assertKnown(provider);
    if (module_id !== null && !this.practiceModules.find(module_id))
      throw invalidField('module_id', 'choice', 'must be a module of Xentree English');
  }
}
