import { ResponseField, ResponseListField } from '@/platform/openapi/index.js';

export class TwoFactorSetupResponse {
  @ResponseField('string', 'totp', { enum: ['totp', 'email'] })
  method!: 'totp' | 'email';

  @ResponseField('string', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', {
    nullable: true,
    description: 'TOTP only: base32.',
  })
  secret!: string | null;

  @ResponseField('string', 'otpauth://totp/Xentree:ada%40example.com?secret=JBSW...&issuer=Xentree', {
    nullable: true,
  })
  otpauth_uri!: string | null;

  @ResponseField('string', 'data:image/svg+xml;base64,PHN2Zy...', {
    nullable: true,
    description: 'TOTP only: the URI as a QR code.',
  })
  qr_code!: string | null;

  @ResponseField('string', 'Scan the code with your authenticator app.')
  message!: string;
}

export class BackupCodesResponse {
  @ResponseListField('string', ['ABCD-EFGH-IJKL-MNOP'], 'Shown only once. Each code works once.')
  backup_codes!: string[];

  @ResponseField('string', 'Keep these codes in a safe place.')
  message!: string;
}
