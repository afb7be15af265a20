import { PageQuery } from '@/platform/pagination/index.js';
import {
  BooleanField,
  customRule,
  EnumField,
  IdField,
  NameField,
  ReadOnlyField,
  UnionField,
} from '@/platform/validation/index.js';

/** Documents of conversations have no collections. */
export const COLLECTION_VISIBILITIES = ['private', 'team', 'organization'] as const;
export type CollectionVisibility = (typeof COLLECTION_VISIBILITIES)[number];

const NAME = {
  max: 200,
  example: 'Office handbook',
  description: 'Need not be unique: use the id.',
};
const ORGANIZATION = {
  optional: true,
  nullable: true,
  description: 'The organization, with the visibility `organization`.',
};
const TEAM = { optional: true, nullable: true, description: 'The team, with the visibility `team`.' };

export class CreateCollectionRequest {
  @NameField(NAME)
  name!: string;

  @EnumField(COLLECTION_VISIBILITIES, {
    optional: true,
    description: 'Who reads its documents. Absent: `private`.',
    example: 'private',
  })
  visibility?: CollectionVisibility;

  @IdField(ORGANIZATION)
  organization_id?: string | null;

  @IdField(TEAM)
  team_id?: string | null;
}

export class UpdateCollectionRequest {
  @NameField({ ...NAME, optional: true })
  name?: string;

  @EnumField(COLLECTION_VISIBILITIES, { optional: true, description: 'Its documents get the same readers.' })
  visibility?: CollectionVisibility;

  @IdField(ORGANIZATION)
  organization_id?: string | null;

  @IdField(TEAM)
  team_id?: string | null;

  @ReadOnlyField() id?: unknown;
  @ReadOnlyField() created_by?: unknown;
  @ReadOnlyField() created_at?: unknown;
  @ReadOnlyField() updated_at?: unknown;
}

export class CollectionQuery extends PageQuery {
  @EnumField(COLLECTION_VISIBILITIES, {
    optional: true,
    description: 'Only collections with this visibility.',
  })
  visibility?: CollectionVisibility;
}

export class DeleteCollectionQuery {
  @EnumField(['keep', 'delete'], {
    description: '`delete`: documents that you may manage are deleted, and the others are kept.',
    example: 'keep',
  })
  documents!: 'keep' | 'delete';
}

export interface ManifestFile {
  path: string;
  sha256: string;
}

/** More files are refused with 413, not with 400. */
export const MAX_FILES = 5000;
export const MANIFEST_LIMIT = 2 * 1024 * 1024;
const MAX_PATH_LENGTH = 1024;
const SHA256 = /^[0-9a-f]{64}$/i;

const isFileList = customRule<unknown>('array', 'must be a list', (value) => Array.isArray(value));
const hasValidFiles = customRule<unknown[]>(
  'files',
  'must have items of a relative path and a sha256 of 64 hexadecimal digits, and nothing else',
  (files) => files.every(isManifestFile),
);
const hasDistinctPaths = customRule<ManifestFile[]>(
  'distinct',
  'must have each path once',
  (files) => new Set(files.map(({ path }) => path)).size === files.length,
);

/** One pass over the list: it can have thousands of items. */
function isManifestFile(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false;
  const { path, sha256, ...rest } = item as Record<string, unknown>;
  return (
    typeof path === 'string' &&
    path.length > 0 &&
    path.length <= MAX_PATH_LENGTH &&
    typeof sha256 === 'string' &&
    SHA256.test(sha256) &&
    Object.keys(rest).length === 0
  );
}

export class SyncCollectionRequest {
  @UnionField([isFileList, hasValidFiles, hasDistinctPaths], {
    description: `All files of the source, at most ${MAX_FILES}.`,
    schema: {
      type: 'array',
      maxItems: MAX_FILES,
      items: {
        type: 'object',
        required: ['path', 'sha256'],
        properties: {
          path: { type: 'string', maxLength: MAX_PATH_LENGTH },
          sha256: { type: 'string', pattern: SHA256.source },
        },
      },
    },
    example: [
      {
        path: 'office/opening-hours.md',
        sha256: 'a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447',
      },
    ],
  })
  files!: ManifestFile[];

  @BooleanField({ optional: true, description: 'Deletes the documents of `delete`.', example: false })
  delete_missing?: boolean;
}
