import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { changedFields } from '@/platform/kernel/changed-fields.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { windowById, toPage, type PageQuery } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import { toOwner } from '../organizations/index.js';
import { ConversationFinder } from './conversation-finder.js';
import type { ConversationCreateRequest, UpdateConversationRequest } from './dto/conversation.requests.js';
import { ConversationResponse } from './dto/conversation.response.js';
import { type ConversationChanges, ConversationRepository } from './persistence/conversation.repository.js';
import { DEFAULT_TITLE } from './title.rules.js';

/** Creates, lists, reads, changes and deletes the conversations of a user or an API key. */
@Injectable()
export class ConversationsService {
  constructor(
    private readonly conversations: ConversationRepository,
    private readonly conversationFinder: ConversationFinder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: PageQuery): Promise<ConversationResponse[]> {
    const window = windowById(query);
    const rows = await this.conversations.list(toOwner(actor), window);
    return toPage(window, rows, ({ id }) => id).map((row) => ConversationResponse.from(row));
  }

  async create(actor: Actor, request: ConversationCreateRequest): Promise<ConversationResponse> {
    const { title, provider = null, metadata = {} } = request;
    const created = await this.conversations.insert(toOwner(actor), {
      id: newId(),
      title: title ?? DEFAULT_TITLE,
      titled: title !== undefined,
      provider,
      metadata,
      created_at: this.clock.now(),
    });
    if (!created) throw platformErrors.internal_error();
    return ConversationResponse.from(created);
  }

  async get(actor: Actor, id: string): Promise<ConversationResponse> {
    return ConversationResponse.from(await this.conversationFinder.find(toOwner(actor), id));
  }

  /** Throws `field_read_only` for a change of a field that cannot be changed. */
  async update(actor: Actor, id: string, request: UpdateConversationRequest): Promise<ConversationResponse> {
    const owner = toOwner(actor);
    const current = ConversationResponse.from(await this.conversationFinder.find(owner, id));
    assertUnchanged(request, current);
    const { title, provider, metadata } = request;
    const changes = changedFields<Required<ConversationChanges>>(current, { title, provider, metadata });
    if (Object.keys(changes).length === 0) return current;
    const row = await this.conversations.update(owner, id, changes, this.clock.now());
    if (!row) throw await this.conversationFinder.notFoundError(owner, id);
    return ConversationResponse.from(row);
  }

  async delete(actor: Actor, id: string): Promise<void> {
    const owner = toOwner(actor);
    const deleted = await this.unitOfWork.run(() => this.conversations.delete(owner, id));
    if (!deleted) throw await this.conversationFinder.notFoundError(owner, id);
  }
}
