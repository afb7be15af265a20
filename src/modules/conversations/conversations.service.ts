import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { differing } from '@/platform/kernel/changed-fields.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { byId, page, type PageQuery } from '@/platform/pagination/page.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { assertUnchanged } from '@/platform/validation/request-pipe.js';
import { ownerOf } from '../organizations/index.js';
import { ConversationBook } from './conversation-finder.js';
import type { ConversationCreateRequest, UpdateConversationRequest } from './dto/conversation.requests.js';
import { ConversationResponse } from './dto/conversation.response.js';
import type { ConversationChanges } from './persistence/conversation.repository.js';
import { ConversationRepository } from './persistence/conversation.repository.js';
import { DEFAULT_TITLE } from './title.rules.js';

@Injectable()
export class ConversationsService {
  constructor(
    private readonly conversations: ConversationRepository,
    private readonly book: ConversationBook,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: PageQuery): Promise<ConversationResponse[]> {
    const window = byId(query);
    const rows = await this.conversations.list(ownerOf(actor), window);
    return page(window, rows, ({ id }) => id).map((row) => ConversationResponse.from(row));
  }

  async create(actor: Actor, request: ConversationCreateRequest): Promise<ConversationResponse> {
    const { title, provider = null, metadata = {} } = request;
    const named = { title: title ?? DEFAULT_TITLE, titled: title !== undefined };
    const row = { id: newId(), ...named, provider, metadata, created_at: this.clock.now() };
    const made = await this.conversations.insert(ownerOf(actor), row);
    if (!made) throw platformErrors.internal_error();
    return ConversationResponse.from(made);
  }

  async show(actor: Actor, id: string): Promise<ConversationResponse> {
    return ConversationResponse.from(await this.book.find(ownerOf(actor), id));
  }

  async update(actor: Actor, id: string, request: UpdateConversationRequest): Promise<ConversationResponse> {
    const owner = ownerOf(actor);
    const present = ConversationResponse.from(await this.book.find(owner, id));
    assertUnchanged(request, present);
    const { title, provider, metadata } = request;
    const changes = differing<Required<ConversationChanges>>(present, { title, provider, metadata });
    if (Object.keys(changes).length === 0) return present;
    const row = await this.conversations.update(owner, id, changes, this.clock.now());
    if (!row) throw await this.book.missing(owner, id);
    return ConversationResponse.from(row);
  }

  async delete(actor: Actor, id: string): Promise<void> {
    const owner = ownerOf(actor);
    const deleted = await this.unitOfWork.run(() => this.conversations.delete(owner, id));
    if (!deleted) throw await this.book.missing(owner, id);
  }
}
