import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { progressErrors } from '../progress.errors.js';
import { SettlementService } from '../streaks/settlement.service.js';
import { PublicXpProfileResponse } from './dto/public-profile.response.js';
import { PublicProfileRepository } from './persistence/public-profile.repository.js';

/** The names of accounts consist of these characters; no other name is looked up. */
const USERNAME = /^[a-z0-9_.-]{1,64}$/;

/** Profiles that every client may read. */
@Injectable()
export class PublicProfileService {
  constructor(
    private readonly profiles: PublicProfileRepository,
    private readonly settlement: SettlementService,
  ) {}

  /** Throws `profile_not_found` for an unknown user and for one whose profile is hidden. */
  async read(name: string): Promise<PublicXpProfileResponse> {
    const username = name.toLowerCase();
    const account = USERNAME.test(username) ? await this.profiles.find(username) : undefined;
    if (!account) throw progressErrors.profile_not_found();
    return PublicXpProfileResponse.from(account, await this.settlement.refresh(account.id));
  }
}

/** Returns the validator of a response. It changes with every field. */
export function toEtag(profile: PublicXpProfileResponse): string {
  return `"${createHash('sha256').update(JSON.stringify(profile)).digest('base64url').slice(0, 27)}"`;
}

/** Returns whether a header `If-None-Match` contains the validator. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  const validators = (header ?? '').split(',').map((part) => part.trim().replace(/^W\//, ''));
  return validators.includes(etag) || validators.includes('*');
}
