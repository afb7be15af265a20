import { PageQuery } from '@/platform/pagination/page.js';
import { that } from '@/platform/validation/field-rules.js';
import { Choice, Choices, Flag, Identifier, Text, WholeNumber } from '@/platform/validation/fields.js';
import {
  GRANT_SCOPES,
  type GrantScope,
  isOrigin,
  type Mode,
  MODES,
  TTL,
} from '../integration-tokens.rules.js';

const ORIGIN = {
  max: 253 + 'https://:65535'.length,
  also: [
    that<string>(
      'origin',
      'must be one exact https origin without a path; plain http on this machine only',
      isOrigin,
    ),
  ],
  example: 'https://partner.example.com',
};
const TOKEN = { max: 4096, example: 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjQ…' };
const REASON = { trim: true, max: 200, example: 'security-incident' };
const TENANT = 'The organization; yours when you have one only, or a primary one, or call with an API key.';

export class TenantRequest {
  @Identifier({ optional: true, description: TENANT })
  tenantId?: string;
}

export class GrantRequest extends TenantRequest {
  @Choice(MODES, { optional: true, example: 'embed' })
  mode: Mode = 'api';

  @Text(ORIGIN)
  origin!: string;

  @Choices(GRANT_SCOPES, { example: ['profile:read', 'quota:read'] })
  scopes!: GrantScope[];

  @WholeNumber({ optional: true, min: TTL.min, max: TTL.max, example: TTL.usual })
  ttlSeconds: number = TTL.usual;
}

/** What is left out is taken over from the old token. */
export class RotateTokenRequest extends TenantRequest {
  @Text({ ...TOKEN, description: 'The token to be exchanged.' })
  integrationToken!: string;

  @Flag({ optional: true, description: 'False lets the old token live to its own end.' })
  revokeOld = true;

  @Text({ ...REASON, optional: true, example: 'rotated' })
  reason = 'rotated';

  @Choice(MODES, { optional: true })
  mode?: Mode;

  @Text({ ...ORIGIN, optional: true })
  origin?: string;

  @Choices(GRANT_SCOPES, { optional: true })
  scopes?: GrantScope[];

  @WholeNumber({ optional: true, min: TTL.min, max: TTL.max })
  ttlSeconds?: number;
}

export class VerifyTokenRequest {
  @Text(TOKEN)
  token!: string;

  @Identifier()
  tenantId!: string;
}

/** Either `integrationToken`, or `jti` with `tenantId`. */
export class RevokeTokenRequest extends TenantRequest {
  @Text({ ...TOKEN, optional: true })
  integrationToken?: string;

  @Identifier({ optional: true })
  jti?: string;

  @Text({ ...REASON, optional: true, example: 'manual-revoke' })
  reason = 'manual-revoke';
}

export class TenantQuery {
  @Identifier()
  tenantId!: string;
}

export class RevocationsQuery extends PageQuery {
  @Identifier({ optional: true, description: TENANT })
  tenantId?: string;
}
