import { isTimeZone } from '@/platform/kernel/time-zones.js';
import { BooleanField, customRule, IdField, ReadOnlyField, TextField } from '@/platform/validation/index.js';
import { isLanguage, isHttpUrl } from '../users.rules.js';
import { UsernameField } from './username.field.js';

/** A partial update of the caller's own profile: an absent field keeps its value. */
export class UpdateProfileRequest {
  @TextField({ optional: true, nullable: true, trim: true, min: 0, max: 241, example: 'Ada Lovelace' })
  full_name?: string | null;

  @TextField({ optional: true, nullable: true, trim: true, min: 1, max: 50, example: 'Ada' })
  nickname?: string | null;

  @TextField({
    optional: true,
    nullable: true,
    max: 2048,
    format: 'uri',
    rules: [customRule<string>('url', 'must be an http or https address', isHttpUrl)],
  })
  avatar_url?: string | null;

  @TextField({
    optional: true,
    min: 2,
    max: 35,
    example: 'en',
    rules: [customRule<string>('language', 'must be a BCP 47 language tag', isLanguage)],
  })
  language?: string;

  @TextField({
    optional: true,
    max: 64,
    example: 'Europe/Berlin',
    description: '`UTC`, or an IANA time zone with a slash.',
    rules: [customRule<string>('timezone', 'must be an IANA time zone', isTimeZone)],
  })
  timezone?: string;

  @BooleanField({ optional: true, description: 'Whether every client may read your public profile.' })
  public_profile?: boolean;

  @UsernameField({
    optional: true,
    description: 'Can be changed once, and only if the username was derived from the e-mail address.',
  })
  username?: string;

  @IdField({
    optional: true,
    nullable: true,
    description: 'Selects the primary organization among your organizations; null lets the server choose.',
  })
  organization_id?: string | null;

  @ReadOnlyField()
  id?: unknown;

  @ReadOnlyField()
  email?: unknown;

  @ReadOnlyField()
  email_verified?: unknown;

  @ReadOnlyField()
  role?: unknown;

  @ReadOnlyField()
  is_super_admin?: unknown;

  @ReadOnlyField()
  is_active?: unknown;

  @ReadOnlyField()
  two_factor_enabled?: unknown;

  @ReadOnlyField()
  created_at?: unknown;

  @ReadOnlyField()
  updated_at?: unknown;
}
