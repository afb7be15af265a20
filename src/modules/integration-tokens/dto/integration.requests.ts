import { PageQuery } from '@/platform/pagination/index.js';
import {
  customRule,
  EnumField,
  EnumListField,
  BooleanField,
  IdField,
  TextField,
  IntegerField,
} from '@/platform/validation/index.js';
import {
  GRANT_SCOPES,
  type GrantScope,
  isOrigin,
  type GrantMode,
  GRANT_MODES,
  TTL,
} from '../integration-tokens.rules.js';

const ORIGIN = {
  max: 253 + 'https://:65535'.length,
  rules: [
    customRule<string>(
      'origin',
      'must be one exact https origin without a path; http is allowed for localhost only',
      isOrigin,
    ),
  ],
  example: 'https://partner.example.com',
};
const TOKEN = { max: 4096, example: 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjQ…' };
const REASON = { trim: true, max: 200, example: 'security-incident' };
const TENANT_DESCRIPTION =
  'Organization id. By default the organization of the API key, or your primary organization.';

export class TenantRequest {
  @IdField({ optional: true, description: TENANT_DESCRIPTION })
  tenantId?: string;
}

export class GrantRequest extends TenantRequest {
  @EnumField(GRANT_MODES, { optional: true, example: 'embed' })
  mode: GrantMode = 'api';

  @TextField(ORIGIN)
  origin!: string;

  @EnumListField(GRANT_SCOPES, { example: ['profile:read', 'quota:read'] })
  scopes!: GrantScope[];

  @IntegerField({ optional: true, min: TTL.min, max: TTL.max, example: TTL.default })
  ttlSeconds: number = TTL.default;
}

/** Properties that are absent are copied from the old token. */
export class RotateTokenRequest extends TenantRequest {
  @TextField({ ...TOKEN, description: 'The token to replace.' })
  integrationToken!: string;

  @BooleanField({ optional: true, description: 'False: the old token stays valid until it expires.' })
  revokeOld = true;

  @TextField({ ...REASON, optional: true, example: 'rotated' })
  reason = 'rotated';

  @EnumField(GRANT_MODES, { optional: true })
  mode?: GrantMode;

  @TextField({ ...ORIGIN, optional: true, example: undefined })
  origin?: string;

  @EnumListField(GRANT_SCOPES, { optional: true })
  scopes?: GrantScope[];

  @IntegerField({ optional: true, min: TTL.min, max: TTL.max })
  ttlSeconds?: number;
}

export class VerifyTokenRequest {
  @TextField(TOKEN)
  token!: string;

  @IdField()
  tenantId!: string;
}

/** Names the token by `integrationToken`, or by `jti` and `tenantId`. */
export class RevokeTokenRequest extends TenantRequest {
  @TextField({ ...TOKEN, optional: true })
  integrationToken?: string;

  @IdField({ optional: true })
  jti?: string;

  @TextField({ ...REASON, optional: true, example: 'manual-revoke' })
  reason = 'manual-revoke';
}

export class TenantQuery {
  @IdField()
  tenantId!: string;
}

export class RevocationsQuery extends PageQuery {
  @IdField({ optional: true, description: TENANT_DESCRIPTION })
  tenantId?: string;
}
