import { Module } from '@nestjs/common';
import { SigningKeys } from './signing-keys.js';

/** The keys of tokens, in a module of their own: the options of `JwtModule` need them before `TokensModule` exists. */
@Module({ providers: [SigningKeys], exports: [SigningKeys] })
export class SigningKeysModule {}
