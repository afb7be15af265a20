import { JsonObjectField, NameField, ReadOnlyField, TextField } from '@/platform/validation/fields.js';

const TITLE = { optional: true, max: 200, example: 'Learning plan for my team' };
const PROVIDER = {
  optional: true,
  nullable: true,
  max: 100,
  pattern: /^[\w.:/-]+$/,
  description: 'Who answers in this conversation, unless a turn names somebody else.',
  example: 'auto',
};
const METADATA = {
  optional: true,
  maxBytes: 4096,
  description: 'Anything you want to keep with it.',
  example: { course: 'B1' },
};

export class ConversationCreateRequest {
  @NameField({
    ...TITLE,
    description: 'Absent: `New conversation`, until the first exchange gives it one.',
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

  @JsonObjectField({ ...METADATA, description: 'Replaces what was kept.' })
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
