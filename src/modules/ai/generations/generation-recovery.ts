import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Nodes } from '@/platform/cluster/index.js';
import { LOCAL } from '@/platform/config/index.js';
import { Log } from '@/platform/logging/index.js';
import { aiErrors } from '../ai.errors.js';
import { outputTokensOf } from '../usage/token-estimates.js';
import type { Spent } from '../usage/usage-recorder.js';
import { errorEvent } from './error-event.js';
import { type End, EndWriter, GoneError, type StoredAnswer } from './generation-result-writer.js';
import { type Abandoned, AbandonedRepository } from './persistence/abandoned.repository.js';
import { EventLogRepository } from './persistence/event-log.repository.js';
import { type Remains, remainsOf } from './remains.js';

/** Readers may have seen events that were never stored. The last one has a number beyond any of those. */
const UNSEEN = 1_000_000;

/**
 * Ends answers whose process died: an honest error instead of silence, what was written kept as broken off, what it
 * took counted as well as possible, and the next turn may begin.
 */
@Injectable()
export class Recovery implements OnModuleInit {
  /** Generations of this process whose end could not be written: they are ended as soon as that is possible. */
  private readonly lost = new Set<string>();

  constructor(
    private readonly nodes: Nodes,
    private readonly abandoned: AbandonedRepository,
    private readonly events: EventLogRepository,
    private readonly writer: EndWriter,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.nodes.heir(() => this.run());
  }

  lose(id: string): void {
    this.lost.add(id);
  }

  private async run(): Promise<void> {
    const lost = [...this.lost];
    const abandoned = await this.abandoned.claim(this.nodes.id, lost);
    lost.forEach((id) => this.lost.delete(id));
    for (const generation of abandoned) {
      await this.end(generation).catch((error: unknown) => {
        this.log.error('ai.generation_not_recovered', error);
        this.lost.add(generation.id);
      });
    }
    if (abandoned.length > 0) this.log.warn('ai.generations_interrupted', { count: abandoned.length });
  }

  private async end(generation: Abandoned): Promise<void> {
    const end = endOf(generation, remainsOf(await this.events.stretches(generation.id)));
    try {
      await this.writer.write(end);
    } catch (error) {
      if (error instanceof GoneError) return; // deleted, or its process was only slow
      this.log.error('ai.tokens_not_counted', error);
      await this.writer.write({ ...end, spent: [] });
    }
  }
}

function endOf({ id, owner_id: userId, key_id: keyId, ...row }: Abandoned, remains: Remains): End {
  const first = remains.last + UNSEEN;
  return {
    ...{ generationId: id, conversationId: row.conversation_id, reservationId: row.reservation_id },
    payer: { userId, keyId, organizationId: keyId === null ? null : row.organization_id },
    ...{ first, frames: [errorEvent(first, aiErrors.generation_interrupted(), id)], state: 'failed' },
    ...{ spent: spentOn(remains, row.input_tokens), message: messageOf(remains) },
  };
}

function spentOn({ pieces }: Remains, inputTokens: number): Spent[] {
  return pieces.flatMap(({ by, text }) => {
    if (!by || by.provider === LOCAL) return [];
    return [{ ...by, usage: { inputTokens, outputTokens: outputTokensOf(text) } }];
  });
}

function messageOf({ messageId, pieces }: Remains): StoredAnswer | null {
  const { by, text: content = '' } = pieces.at(-1) ?? {};
  if (messageId === null || content === '' || !by) return null;
  return { ...by, id: messageId, content, finishReason: 'error', usage: null, sources: [] };
}
