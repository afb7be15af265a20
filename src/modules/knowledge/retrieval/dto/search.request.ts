import { VISIBILITIES, type Visibility } from '@/modules/knowledge/knowledge.rules.js';
import { isId } from '@/platform/kernel/ids.js';
import {
  customRule,
  EnumField,
  EnumListField,
  IdField,
  IntegerField,
  ObjectField,
  TextField,
  TextListField,
  TimestampField,
  UnionField,
} from '@/platform/validation/index.js';
import { type KnowledgeQuery, SEARCH_SCOPES, type SearchScope } from '../retrieval.js';

type MetadataValue = string | number | boolean;

const MAX_METADATA_KEYS = 20;
const MAX_METADATA_VALUES = 50;

const isUuid = customRule<string>('uuid', 'must be an id', isId);
const idList = { optional: true, min: 36, max: 36, minItems: 1, maxItems: 100, rules: [isUuid] };

const isMetadataFilter = customRule<unknown>(
  'metadata_filter',
  `must be an object of up to ${MAX_METADATA_KEYS} keys, each with a value or a list of 1 to ${MAX_METADATA_VALUES} values`,
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const entries = Object.entries(value);
    return (
      entries.length <= MAX_METADATA_KEYS &&
      entries.every(([key, accepted]) => key.length <= 200 && (isScalar(accepted) || isScalarList(accepted)))
    );
  },
);

function isScalarList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= MAX_METADATA_VALUES &&
    value.every((item) => isScalar(item))
  );
}

function isScalar(value: unknown): boolean {
  return (
    (typeof value === 'string' && value.length <= 1000) ||
    Number.isFinite(value) ||
    typeof value === 'boolean'
  );
}

export class KnowledgeFiltersRequest {
  @TextListField({ ...idList, description: 'Only these documents.' })
  document_ids?: string[];

  @TextListField({ ...idList, description: 'Only documents of these collections.' })
  collection_ids?: string[];

  @EnumListField(VISIBILITIES, {
    optional: true,
    description: 'Only documents with one of these visibilities.',
  })
  visibility?: Visibility[];

  @TimestampField({ optional: true, description: 'Only documents created at this time or later.' })
  created_from?: Date;

  @TimestampField({ optional: true, description: 'Only documents created before this time.' })
  created_to?: Date;

  @UnionField([isMetadataFilter], {
    optional: true,
    description:
      'Only documents whose metadata has, for each key, the value or one of the list: `{ "course": ["A2", "B1"] }`.',
    schema: { type: 'object', additionalProperties: true },
  })
  metadata?: Record<string, MetadataValue | MetadataValue[]>;
}

export class KnowledgeSearchRequest {
  @TextField({
    max: 2000,
    trim: true,
    description: 'Words to search for, or a question.',
    example: 'meeting notes about the launch plan',
  })
  query!: string;

  @IntegerField({ optional: true, min: 1, max: 50, description: 'Maximum number of results. Default: 10.' })
  limit = 10;

  @EnumField(SEARCH_SCOPES, {
    optional: true,
    description:
      '`private`: your own documents. `shared`: documents of your teams and organizations. Default: `all`.',
  })
  scope: SearchScope = 'all';

  @IdField({ optional: true, nullable: true, description: 'Also search the documents of this conversation.' })
  conversation_id?: string | null;

  @ObjectField(() => KnowledgeFiltersRequest, { optional: true })
  filters?: KnowledgeFiltersRequest;
}

export function toKnowledgeQuery({
  query,
  limit,
  scope,
  conversation_id,
  filters = {},
}: KnowledgeSearchRequest): KnowledgeQuery {
  const { document_ids, collection_ids, visibility, created_from, created_to, metadata } = filters;
  return {
    query,
    limit,
    scope,
    conversationId: conversation_id?.toLowerCase() ?? null,
    filters: {
      documentIds: document_ids,
      collectionIds: collection_ids,
      visibility,
      createdFrom: created_from,
      createdTo: created_to,
      metadata: metadata && toValueLists(metadata),
    },
  };
}

function toValueLists(
  metadata: Record<string, MetadataValue | MetadataValue[]>,
): Record<string, MetadataValue[]> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, Array.isArray(value) ? value : [value]]),
  );
}
