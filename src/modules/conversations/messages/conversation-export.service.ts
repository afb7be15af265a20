import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { type Owner, ownerOf } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/actor.js';
import { ConversationBook } from '../conversation-finder.js';
import { conversationErrors } from '../conversations.errors.js';
import { ConversationResponse } from '../dto/conversation.response.js';
import type { Conversation } from '../persistence/conversation.entity.js';
import { ConversationMessageResponse } from './dto/message.response.js';
import { type ExportFormat, fileName, markdownHead, markdownTurn } from './export.rules.js';
import type { Message } from './persistence/message.entity.js';
import { MessageRepository } from './persistence/message.repository.js';

const PAGE = 100;
const TYPES: Record<ExportFormat, string> = {
  markdown: 'text/markdown; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** A conversation as a file, read and sent page by page. */
@Injectable()
export class ConversationExport {
  constructor(
    private readonly messages: MessageRepository,
    private readonly book: ConversationBook,
  ) {}

  async file(actor: Actor, conversationId: string, format: ExportFormat): Promise<StreamableFile> {
    const owner = ownerOf(actor);
    const conversation = await this.book.find(owner, conversationId);
    const turns = this.turns(owner, conversation);
    const parts = format === 'json' ? json(conversation, turns) : markdown(conversation, turns);
    const disposition = `attachment; filename="${fileName(conversation.title, format)}"`;
    return new StreamableFile(Readable.from(parts, { objectMode: false }), {
      type: TYPES[format],
      disposition,
    });
  }

  /** As many as there were at the beginning. Fails when they are gone meanwhile: a part must not look whole. */
  private async *turns(owner: Owner, { id, message_count }: Conversation): AsyncGenerator<Message[]> {
    for (let after = 0; after < message_count;) {
      const take = Math.min(PAGE, message_count - after);
      const rows = await this.messages.list(owner, id, { after, take });
      if (rows.length === 0) throw conversationErrors.conversation_not_found();
      yield rows;
      after += rows.length;
    }
  }
}

async function* markdown(
  conversation: Conversation,
  pages: AsyncIterable<Message[]>,
): AsyncGenerator<string> {
  yield markdownHead(conversation);
  for await (const page of pages) yield page.map(markdownTurn).join('');
}

async function* json(conversation: Conversation, pages: AsyncIterable<Message[]>): AsyncGenerator<string> {
  yield `{"conversation":${JSON.stringify(ConversationResponse.from(conversation))},"messages":[`;
  let separator = '';
  for await (const page of pages) {
    yield separator + page.map((row) => JSON.stringify(ConversationMessageResponse.from(row))).join(',');
    separator = ',';
  }
  yield ']}\n';
}
