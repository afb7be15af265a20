import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/index.js';
import { TurnRepository } from './messages/persistence/turn.repository.js';
import { Turns } from './messages/turns.js';
import { Passages } from './search/passages.js';
import { FindingRepository } from './search/persistence/finding.repository.js';
import { RankingRepository } from './search/persistence/ranking.repository.js';
import { RankingService } from './search/ranking.js';

const MESSAGES = [TurnRepository, Turns];
const SEARCH = [RankingRepository, RankingService, FindingRepository, Passages];

/** Conversations with their turns and learning sessions, notes, and search in all of them. */
@Module({
  imports: [OrganizationsModule],
  providers: [...MESSAGES, ...SEARCH],
  exports: [Turns, Passages],
})
export class ConversationsModule {}
