import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { PersonalArchive } from '@/modules/users/index.js';
import type { Window } from '@/platform/pagination/page.js';
import { ConversationResponse } from '../dto/conversation.response.js';
import { ConversationMessageResponse } from '../messages/dto/message.response.js';
import { MessageRepository } from '../messages/persistence/message.repository.js';
import { NoteResponse } from '../notes/dto/note.dto.js';
import { NoteRepository } from '../notes/persistence/note.repository.js';
import type { Conversation } from '../persistence/conversation.entity.js';
import { ConversationRepository } from '../persistence/conversation.repository.js';

const PAGE = 200;

/** What this module keeps about a person, for the archive that hands it to them. Read page by page. */
@Injectable()
export class PersonalRows implements OnModuleInit {
  constructor(
    private readonly conversations: ConversationRepository,
    private readonly messages: MessageRepository,
    private readonly notes: NoteRepository,
    private readonly archive: PersonalArchive,
  ) {}

  onModuleInit(): void {
    const owner = (userId: string, provedFactor: boolean): Owner => ({
      ...{ userId, provedFactor },
      ...{ organizationId: null, keyId: null },
    });
    this.archive.contribute('conversations', (...who) => this.conversationsOf(owner(...who)));
    this.archive.contribute('messages', (...who) => this.messagesOf(owner(...who)));
    this.archive.contribute('notes', (...who) => this.notesOf(owner(...who)));
  }

  private async *conversationsOf(owner: Owner): AsyncGenerator<object> {
    for await (const row of this.eachConversation(owner)) yield ConversationResponse.from(row);
  }

  private async *messagesOf(owner: Owner): AsyncGenerator<object> {
    for await (const { id } of this.eachConversation(owner)) {
      const list = (window: Window<number>) => this.messages.list(owner, id, window);
      for await (const row of each(list, ({ seq }) => seq)) yield ConversationMessageResponse.from(row);
    }
  }

  private async *notesOf(owner: Owner): AsyncGenerator<object> {
    const list = (window: Window<string>) => this.notes.list(owner, undefined, window);
    for await (const row of each(list, ({ id }) => id)) yield NoteResponse.from(row);
  }

  private eachConversation(owner: Owner): AsyncGenerator<Conversation> {
    return each(
      (window: Window<string>) => this.conversations.list(owner, window),
      ({ id }) => id,
    );
  }
}

async function* each<Row, Position>(
  list: (window: Window<Position>) => Promise<Row[]>,
  positionOf: (row: Row) => Position,
): AsyncGenerator<Row> {
  let after: Position | null = null;
  for (;;) {
    const rows: Row[] = await list({ after, take: PAGE });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = positionOf(last);
  }
}
