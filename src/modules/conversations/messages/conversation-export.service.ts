import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { type Owner, toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { ConversationFinder } from '../conversation-finder.js';
import { conversationErrors } from '../conversations.errors.js';
import { ConversationResponse } from '../dto/conversation.response.js';
import type { Conversation } from '../persistence/conversation.entity.js';
import { ConversationMessageResponse } from './dto/message.response.js';
import { type ExportFormat, exportFileName, markdownHeader, markdownMessage } from './export.rules.js';
import type { Message } from './persistence/message.entity.js';
import { MessageRepository } from './persistence/message.repository.js';

const PAGE_SIZE = 100;
const CONTENT_TYPES: Record<ExportFormat, string> = {
  markdown: 'text/markdown; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** Exports a conversation as a file. Messages are read and sent page by page. */
@Injectable()
export class ConversationExportService {
  constructor(
    private readonly messages: MessageRepository,
    private readonly conversationFinder: ConversationFinder,
  ) {}

  /** Throws `conversation_not_found`, or `two_factor_required` when a session with a second factor would find it. */
  async createFile(actor: Actor, conversationId: string, format: ExportFormat): Promise<StreamableFile> {
    const owner = toOwner(actor);
    const conversation = await this.conversationFinder.find(owner, conversationId);
    const pages = this.readPages(owner, conversation);
    const chunks = format === 'json' ? streamJson(conversation, pages) : streamMarkdown(conversation, pages);
    const disposition = `attachment; filename="${exportFileName(conversation.title, format)}"`;
    return new StreamableFile(Readable.from(chunks, { objectMode: false }), {
      type: CONTENT_TYPES[format],
      disposition,
    });
  }

  /**
   * Reads as many messages as the conversation had at the start. When the conversation is deleted during the export, the
   * response is aborted: an incomplete file must not look complete.
   */
  private async *readPages(owner: Owner, { id, message_count }: Conversation): AsyncGenerator<Message[]> {
    for (let after = 0; after < message_count;) {
      const take = Math.min(PAGE_SIZE, message_count - after);
      const rows = await this.messages.listPart(owner, id, { after, take });
      if (rows.length === 0) throw conversationErrors.conversation_not_found();
      yield rows;
      after += rows.length;
    }
  }
}

async function* streamMarkdown(
  conversation: Conversation,
  pages: AsyncIterable<Message[]>,
): AsyncGenerator<string> {
  yield markdownHeader(conversation);
  for await (const page of pages) yield page.map(markdownMessage).join('');
}

async function* streamJson(
  conversation: Conversation,
  pages: AsyncIterable<Message[]>,
): AsyncGenerator<string> {
  yield `{"conversation":${JSON.stringify(ConversationResponse.from(conversation))},"messages":[`;
  let separator = '';
  for await (const page of pages) {
    yield separator + page.map((row) => JSON.stringify(ConversationMessageResponse.from(row))).join(',');
    separator = ',';
  }
  yield ']}\n';
}
