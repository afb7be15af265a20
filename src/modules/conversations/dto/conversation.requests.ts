import { JsonObjectField, NameField, ReadOnlyField, TextField } from '@/platform/validation/index.js';

const TITLE = { optional: true, max: 200, example: 'Learning plan for my team' };
const PROVIDER = {
  optional: true,
  nullable: true,
  max: 100,
  pattern: /^[\w.:/-]+$/,
  description: 'Provider or model for requests in this conversation that name none.',
  example: 'auto',
};
const METADATA = {
  optional: true,
  maxBytes: 4096,
  description: 'Any JSON object, stored with the conversation.',
  example: { course: 'B1' },
};

export class ConversationCreateRequest {
  @NameField({
    ...TITLE,
    description: 'Absent: `New conversation`, replaced by a title derived from the first exchange.',
  })
  title?: string;

  @TextField(PROVIDER)
  provider?: string | null;

  @JsonObjectField(METADATA)
  metadata?: Record<string, unknown>;
}

export class UpdateConversationRequest {
  @NameField(TITLE)
  title?: string;

  @TextField(PROVIDER)
  provider?: string | null;

  @JsonObjectField({ ...METADATA, description: 'Replaces the stored object.' })
  metadata?: Record<string, unknown>;

  @ReadOnlyField()
  id?: unknown;

  @ReadOnlyField()
  message_count?: unknown;

  @ReadOnlyField()
  created_at?: unknown;

  @ReadOnlyField()
  updated_at?: unknown;
}
