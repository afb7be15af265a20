import { CreatePlatform1764000000000 } from './1764000000000-create-platform.js';
import { CreateAccounts1764000100000 } from './1764000100000-create-accounts.js';
import { CreateSessions1764000200000 } from './1764000200000-create-sessions.js';
import { CreateTeamsAndInvitations1764000300000 } from './1764000300000-create-teams-and-invitations.js';
import { AdministerAccounts1764000400000 } from './1764000400000-administer-accounts.js';
import { CreateApiKeys1764000500000 } from './1764000500000-create-api-keys.js';
import { CreateIntegrationTokens1764000600000 } from './1764000600000-create-integration-tokens.js';
import { CreateConversations1764000700000 } from './1764000700000-create-conversations.js';
import { CreateSearch1764000800000 } from './1764000800000-create-search.js';
import { CreateNodes1764000850000 } from './1764000850000-create-nodes.js';
import { CreateGenerations1764000900000 } from './1764000900000-create-generations.js';
import { RenameApiKeyActivation1764001100000 } from './1764001100000-rename-api-key-activation.js';
import { RenameOwnActToSelfJoined1764001200000 } from './1764001200000-rename-own-act-to-self-joined.js';
import { AcceptAccounts1764002000000 } from './1764002000000-accept-accounts.js';
import { RevertAddressChanges1764002010000 } from './1764002010000-revert-address-changes.js';
import { UseIanaTimeZones1764002200000 } from './1764002200000-use-iana-time-zones.js';
import { RestoreFirstUserFlag1764002300000 } from './1764002300000-restore-first-user-flag.js';
import { CreateSchemaVersion1764002310000 } from './1764002310000-create-schema-version.js';
import { RecordSearchIndexVersion1764002320000 } from './1764002320000-record-search-index-version.js';
import { IndexAuditEventsByTime1764002330000 } from './1764002330000-index-audit-events-by-time.js';
import { UnindexLocalNotices1764002400000 } from './1764002400000-unindex-local-notices.js';
import { KeepMemberCounts1764002600000 } from './1764002600000-keep-member-counts.js';
import { CreateKnowledge1764003000000 } from './1764003000000-create-knowledge.js';
import { CreateSearchLexemes1764003100000 } from './1764003100000-create-search-lexemes.js';
import { CreateKnowledgeSearch1764003110000 } from './1764003110000-create-knowledge-search.js';
import { CountDocumentBytes1764003120000 } from './1764003120000-count-document-bytes.js';
import { CreateEmbeddings1764003200000 } from './1764003200000-create-embeddings.js';
import { CreateKnowledgeReceipts1764003300000 } from './1764003300000-create-knowledge-receipts.js';
import { FlagDefaultTitles1764003400000 } from './1764003400000-flag-default-titles.js';
import { StageChunks1764003500000 } from './1764003500000-stage-chunks.js';
import { StemShortWords1764003600000 } from './1764003600000-stem-short-words.js';
import { NormalizeOnlyWhenNeeded1764003610000 } from './1764003610000-normalize-only-when-needed.js';
import { CreateLiveSessions1764004100000 } from './1764004100000-create-live-sessions.js';
import { CreateLiveTranscripts1764004110000 } from './1764004110000-create-live-transcripts.js';
import { CreateLiveEvents1764004150000 } from './1764004150000-create-live-events.js';
import { CreateIntegrations1764004300000 } from './1764004300000-create-integrations.js';
import { CreateXel1764004500000 } from './1764004500000-create-xel.js';
import { CreateXelPlacements1764004510000 } from './1764004510000-create-xel-placements.js';
import { CreateProgress1764004600000 } from './1764004600000-create-progress.js';
import { CreateXelEvaluations1764004700000 } from './1764004700000-create-xel-evaluations.js';
import { CreateWebhooks1764008000000 } from './1764008000000-create-webhooks.js';
import { CreateMemberDays1764010000000 } from './1764010000000-create-member-days.js';
import { CreateXelReviews1764011000000 } from './1764011000000-create-xel-reviews.js';
import { CreateLearnerReminders1764011010000 } from './1764011010000-create-learner-reminders.js';
import { CreateXelSpeechClips1764012000000 } from './1764012000000-create-xel-speech-clips.js';
import { IndexOpenXelEvaluations1764012010000 } from './1764012010000-index-open-xel-evaluations.js';
import { FlagOutdatedVectors1764014000000 } from './1764014000000-flag-outdated-vectors.js';
import { MoveChunksInBatches1764014010000 } from './1764014010000-move-chunks-in-batches.js';
import { KeepWordsWithChunks1764014020000 } from './1764014020000-keep-words-with-chunks.js';
import { StoreVectorsAsArrays1764014030000 } from './1764014030000-store-vectors-as-arrays.js';
import { CountBytesByDocument1764014040000 } from './1764014040000-count-bytes-by-document.js';
import { ShareSearchLexemes1764014050000 } from './1764014050000-share-search-lexemes.js';

/** In the order they are applied. A migration that has landed is never edited. */
export const migrations = [
  CreatePlatform1764000000000,
  CreateAccounts1764000100000,
  CreateSessions1764000200000,
  CreateTeamsAndInvitations1764000300000,
  AdministerAccounts1764000400000,
  CreateApiKeys1764000500000,
  CreateIntegrationTokens1764000600000,
  CreateConversations1764000700000,
  CreateSearch1764000800000,
  CreateNodes1764000850000,
  CreateGenerations1764000900000,
  RenameApiKeyActivation1764001100000,
  RenameOwnActToSelfJoined1764001200000,
  AcceptAccounts1764002000000,
  RevertAddressChanges1764002010000,
  UseIanaTimeZones1764002200000,
  RestoreFirstUserFlag1764002300000,
  CreateSchemaVersion1764002310000,
  RecordSearchIndexVersion1764002320000,
  IndexAuditEventsByTime1764002330000,
  UnindexLocalNotices1764002400000,
  KeepMemberCounts1764002600000,
  CreateKnowledge1764003000000,
  CreateSearchLexemes1764003100000,
  CreateKnowledgeSearch1764003110000,
  CountDocumentBytes1764003120000,
  CreateEmbeddings1764003200000,
  CreateKnowledgeReceipts1764003300000,
  FlagDefaultTitles1764003400000,
  StageChunks1764003500000,
  StemShortWords1764003600000,
  NormalizeOnlyWhenNeeded1764003610000,
  CreateLiveSessions1764004100000,
  CreateLiveTranscripts1764004110000,
  CreateLiveEvents1764004150000,
  CreateIntegrations1764004300000,
  CreateXel1764004500000,
  CreateXelPlacements1764004510000,
  CreateProgress1764004600000,
  CreateXelEvaluations1764004700000,
  CreateWebhooks1764008000000,
  CreateMemberDays1764010000000,
  CreateXelReviews1764011000000,
  CreateLearnerReminders1764011010000,
  CreateXelSpeechClips1764012000000,
  IndexOpenXelEvaluations1764012010000,
  FlagOutdatedVectors1764014000000,
  MoveChunksInBatches1764014010000,
  KeepWordsWithChunks1764014020000,
  StoreVectorsAsArrays1764014030000,
  CountBytesByDocument1764014040000,
  ShareSearchLexemes1764014050000,
];
