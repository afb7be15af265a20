import type { CollectionRow } from '@/modules/knowledge/collections/persistence/collection.repository.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { COLLECTION_VISIBILITIES } from './collection.requests.js';

@ApiSchema({ name: 'CollectionResponse' })
export class CollectionResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'Office handbook')
  name!: string;

  @ResponseField('string', 'private', { enum: COLLECTION_VISIBILITIES })
  visibility!: string;

  @ResponseIdField({ nullable: true })
  organization_id!: string | null;

  @ResponseIdField({ nullable: true })
  team_id!: string | null;

  @ResponseIdField({
    nullable: true,
    description: 'Null when this user has left the organization, or was erased.',
  })
  created_by!: string | null;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  updated_at!: string;

  static from(row: CollectionRow): CollectionResponse {
    const { id, name, visibility, organization_id, team_id, created_by } = row;
    const created_at = row.created_at.toISOString();
    const updated_at = row.updated_at.toISOString();
    return { id, name, visibility, organization_id, team_id, created_by, created_at, updated_at };
  }
}

/** Paths of the files of a manifest, compared with the documents of a collection. */
@ApiSchema({ name: 'CollectionSyncResponse' })
export class CollectionSyncResponse {
  @ResponseListField('string', ['office/opening-hours.md'], 'Files that are new or have other bytes.')
  upload!: string[];

  @ResponseListField('string', ['office/prices.csv'])
  unchanged!: string[];

  @ResponseListField(
    'string',
    ['office/old-prices.csv'],
    'Documents that are no files of the manifest and that you may manage: deleted with `delete_missing`.',
  )
  delete!: string[];
}
