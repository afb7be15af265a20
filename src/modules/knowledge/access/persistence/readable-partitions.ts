import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import type { Statement } from '@/platform/persistence/index.js';

/** A statement over what a reader may read, in one form for sessions and one for API keys. */
export interface ReaderScopedStatement {
  session: Statement;
  key: Statement;
}

/**
 * Which documents of conversations a statement finds: those of the conversation `$3`, none when it is null; or those of all
 * conversations of the reader.
 */
export type ConversationScope = 'given' | 'own';

const SHARED = `p.visibility = 'organization' OR m.role IN ('owner', 'admin') OR EXISTS (
    SELECT FROM team_members t WHERE t.team_id = p.team_id AND t.user_id = $1)`;

const PERSONAL: Record<ConversationScope, string> = {
  given: `(p.visibility = 'private' OR p.conversation_id = $3::uuid)`,
  own: '$3::uuid IS NULL',
};

/** `$1` user, `$2` whether the session has a second factor. */
const forSession = (scope: ConversationScope): string => `
  SELECT p.* FROM knowledge_partitions p
  WHERE p.owner_id = $1 AND ${PERSONAL[scope]} AND (p.organization_id IS NULL OR EXISTS (
    SELECT FROM memberships m JOIN organizations o ON o.id = m.organization_id
    WHERE m.organization_id = p.organization_id AND m.user_id = $1 AND (NOT o.enforce_2fa OR $2::boolean)))
  UNION ALL
  SELECT p.* FROM memberships m JOIN organizations o ON o.id = m.organization_id
  JOIN knowledge_partitions p ON p.organization_id = m.organization_id AND p.owner_id IS NULL
  WHERE m.user_id = $1 AND (NOT o.enforce_2fa OR $2::boolean) AND (${SHARED})`;

/** `$1` creator of the key, `$2` its organization. The guard has judged the key and its second factor. */
const forKey = (scope: ConversationScope): string => `
  SELECT p.* FROM knowledge_partitions p
  WHERE p.owner_id = $1 AND p.organization_id = $2::uuid AND ${PERSONAL[scope]}
  UNION ALL
  SELECT p.* FROM memberships m
  JOIN knowledge_partitions p ON p.organization_id = m.organization_id AND p.owner_id IS NULL
  WHERE m.user_id = $1 AND m.organization_id = $2::uuid AND (${SHARED})`;

/**
 * Builds both forms of a statement. `text` receives a query that returns the rows of knowledge_partitions whose documents the
 * reader may read now; use it as a materialized CTE. {@link readerParameters} returns `$1` to `$3`.
 */
export function scopeToReader(
  name: string,
  text: (readablePartitions: string) => string,
  conversations: ConversationScope = 'given',
): ReaderScopedStatement {
  return {
    session: { name, text: text(forSession(conversations)) },
    key: { name: `${name}.key`, text: text(forKey(conversations)) },
  };
}

/** Returns the form of the statement for a session or for an API key. */
export function forReader({ session, key }: ReaderScopedStatement, reader: KnowledgeReader): Statement {
  return reader.organizationId === null ? session : key;
}

/** Returns `$1` to `$3` of a {@link ReaderScopedStatement}. `conversationId` is ignored in the scope `own`, pass null there. */
export function readerParameters(reader: KnowledgeReader, conversationId: string | null): unknown[] {
  const { userId, organizationId, hasSecondFactor } = reader;
  return [userId, organizationId ?? hasSecondFactor, conversationId];
}
