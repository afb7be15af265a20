import { that } from '@/platform/validation/field-rules.js';
import { Identifier, ReadOnly, Text } from '@/platform/validation/fields.js';
import { isLanguage, isTimeZone, isWebAddress } from '../users.rules.js';
import { Username } from './username.field.js';

/** A partial update of one's own profile; an absent field stays as it is. */
export class UpdateProfileRequest {
  @Text({ optional: true, nullable: true, trim: true, min: 0, max: 241, example: 'Ada Lovelace' })
  full_name?: string | null;

  @Text({ optional: true, nullable: true, trim: true, min: 1, max: 50, example: 'Ada' })
  nickname?: string | null;

  @Text({
    optional: true,
    nullable: true,
    max: 2048,
    format: 'uri',
    also: [that<string>('url', 'must be an http or https address', isWebAddress)],
  })
  avatar_url?: string | null;

  @Text({
    optional: true,
    min: 2,
    max: 35,
    example: 'en',
    also: [that<string>('language', 'must be a BCP 47 language tag', isLanguage)],
  })
  language?: string;

  @Text({
    optional: true,
    max: 64,
    example: 'Europe/Berlin',
    also: [that<string>('timezone', 'must be an IANA time zone', isTimeZone)],
  })
  timezone?: string;

  @Username({ optional: true, description: 'Once, and only when the name was derived from the address.' })
  username?: string;

  @Identifier({
    optional: true,
    nullable: true,
    description: 'Makes another of your organizations the primary one; null leaves the choice to the server.',
  })
  organization_id?: string | null;

  @ReadOnly()
  id?: unknown;

  @ReadOnly()
  email?: unknown;

  @ReadOnly()
  email_verified?: unknown;

  @ReadOnly()
  role?: unknown;

  @ReadOnly()
  is_super_admin?: unknown;

  @ReadOnly()
  is_active?: unknown;

  @ReadOnly()
  two_factor_enabled?: unknown;

  @ReadOnly()
  created_at?: unknown;

  @ReadOnly()
  updated_at?: unknown;
}
