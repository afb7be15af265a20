import { Module } from '@nestjs/common';
import { type JwtModuleOptions, JwtSecretRequestType } from '@nestjs/jwt';
import { SigningKeys } from './signing-keys.js';

/** Signs with the current key; verifies with the key that the token names. */
export function jwtOptions(keys: SigningKeys): JwtModuleOptions {
  return {
    secretOrKeyProvider: (type, token) => {
      if (type === JwtSecretRequestType.SIGN) return keys.current.signingKey;
      const key = keys.findVerificationKey(String(token));
      if (!key) throw new Error('Unknown signing key');
      return key;
    },
  };
}

/** The keys of tokens, in a module of their own: `JwtModule` needs them before `TokensModule` exists. */
@Module({ providers: [SigningKeys], exports: [SigningKeys] })
export class SigningKeysModule {}
