import { FreeForm, Name, ReadOnly, Text } from '@/platform/validation/fields.js';

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
  @Name({
    ...TITLE,
    description: 'Absent: `New conversation`, until the first exchange gives it one.',
  })
  title?: string;

  @Text(PROVIDER)
  provider?: string | null;

  @FreeForm(METADATA)
  metadata?: Record<string, unknown>;
}

export class UpdateConversationRequest {
  @Name(TITLE)
  title?: string;

  @Text(PROVIDER)
  provider?: string | null;

  @FreeForm({ ...METADATA, description: 'Replaces what was kept.' })
  metadata?: Record<string, unknown>;

  @ReadOnly()
  id?: unknown;

  @ReadOnly()
  message_count?: unknown;

  @ReadOnly()
  created_at?: unknown;

  @ReadOnly()
  updated_at?: unknown;
}
