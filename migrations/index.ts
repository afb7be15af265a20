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
];
