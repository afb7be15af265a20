import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { DataExportRegistry } from '@/modules/users/index.js';
import { hasMoreRows, type PageWindow } from '@/platform/pagination/index.js';
import { ConversationResponse } from '../dto/conversation.response.js';
import { ConversationMessageResponse } from '../messages/dto/message.response.js';
import { MessageRepository } from '../messages/persistence/message.repository.js';
import { NoteResponse } from '../notes/dto/note.dto.js';
import { NoteRepository } from '../notes/persistence/note.repository.js';
import type { Conversation } from '../persistence/conversation.entity.js';
import { ConversationRepository } from '../persistence/conversation.repository.js';

const PAGE_SIZE = 200;

/** Adds conversations, messages and notes to the data export of a user. Rows are read page by page. */
@Injectable()
export class ConversationDataExport implements OnModuleInit {
  constructor(
    private readonly conversations: ConversationRepository,
    private readonly messages: MessageRepository,
    private readonly notes: NoteRepository,
    private readonly dataExports: DataExportRegistry,
  ) {}

  onModuleInit(): void {
    this.register('conversations', (owner) => this.exportConversations(owner));
    this.register('messages', (owner) => this.exportMessages(owner));
    this.register('notes', (owner) => this.exportNotes(owner));
  }

  private register(name: string, exportRows: (owner: Owner) => AsyncGenerator<object>): void {
    this.dataExports.register(name, (userId, hasSecondFactor) =>
      exportRows({ userId, hasSecondFactor, organizationId: null, keyId: null }),
    );
  }

  private async *exportConversations(owner: Owner): AsyncGenerator<object> {
    for await (const row of this.iterateConversations(owner)) yield ConversationResponse.from(row);
  }

  private async *exportMessages(owner: Owner): AsyncGenerator<object> {
    for await (const { id } of this.iterateConversations(owner)) {
      const list = (window: PageWindow<number>) => this.messages.listPart(owner, id, window);
      for await (const row of iterateRows(list, ({ seq }) => seq))
        yield ConversationMessageResponse.from(row);
    }
  }

  private async *exportNotes(owner: Owner): AsyncGenerator<object> {
    const list = (window: PageWindow<string>) => this.notes.listPart(owner, window);
    for await (const row of iterateRows(list, ({ id }) => id)) yield NoteResponse.from(row);
  }

  private iterateConversations(owner: Owner): AsyncGenerator<Conversation> {
    return iterateRows(
      (window: PageWindow<string>) => this.conversations.list(owner, window),
      ({ id }) => id,
    );
  }
}

async function* iterateRows<Row extends object, Position>(
  list: (window: PageWindow<Position>) => Promise<Row[]>,
  getPosition: (row: Row) => Position,
): AsyncGenerator<Row> {
  let after: Position | null = null;
  for (;;) {
    const window: PageWindow<Position> = { after, take: PAGE_SIZE };
    const rows: Row[] = await list(window);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || !hasMoreRows(window, rows)) return;
    after = getPosition(last);
  }
}
