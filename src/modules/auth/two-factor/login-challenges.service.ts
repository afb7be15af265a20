import { Injectable } from '@nestjs/common';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock, secondsUntil } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { tooMany } from '@/platform/limits/index.js';
import { type TokenKind, TokenSigner } from '../tokens/token-signer.js';
import { CHALLENGE_LIFE, RESEND_AFTER, RESENDS } from './codes/code.rules.js';
import { EmailCodes } from './codes/email-codes.service.js';
import type { Method } from './codes/persistence/second-factor.entity.js';
import type { ChallengePurpose, LoginChallenge } from './persistence/login-challenge.entity.js';
import { ChallengeRepository } from './persistence/login-challenge.repository.js';

const TEMP_TOKEN: TokenKind = { typ: 'challenge+jwt', audience: 'xentree:challenge' };

/** Logins between the password and the second factor. A `temp_token` names one and serves one purpose only. */
@Injectable()
export class ChallengesService {
  constructor(
    private readonly challenges: ChallengeRepository,
    private readonly emailCodes: EmailCodes,
    private readonly signer: TokenSigner,
    private readonly clock: Clock,
  ) {}

  /** Begins a challenge and answers its `temp_token`. For a mailed code, the code goes out now. */
  async begin(userId: string, purpose: ChallengePurpose, method: Method | null): Promise<string> {
    const codeId = method === 'email' ? await this.emailCodes.send(userId, 'login') : null;
    const id = newId();
    await this.challenges.insert({
      id,
      user_id: userId,
      purpose,
      email_code_id: codeId,
      resends: 0,
      created_at: this.clock.now(),
      expires_at: this.clock.after(CHALLENGE_LIFE),
      ended_at: null,
    });
    return this.signer.sign(TEMP_TOKEN, { sub: userId, jti: id, purpose }, CHALLENGE_LIFE);
  }

  /** The living challenge a token names; throws `token_invalid`. */
  async read(tempToken: string, purpose: ChallengePurpose): Promise<LoginChallenge> {
    const claims = this.signer.verify(TEMP_TOKEN, tempToken);
    const named = claims?.purpose === purpose && typeof claims.jti === 'string' ? claims.jti : null;
    const challenge = named && (await this.challenges.live(named, purpose, this.clock.now()));
    if (!challenge) throw platformErrors.token_invalid();
    return challenge;
  }

  /** Ends a challenge, for exactly one of many callers; for the others throws `token_invalid`. */
  async finish({ id }: LoginChallenge): Promise<void> {
    if (!(await this.challenges.end(id, this.clock.now()))) throw platformErrors.token_invalid();
  }

  async endAll(userId: string): Promise<void> {
    await this.challenges.endAll(userId, this.clock.now());
  }

  /** Mails another code for this challenge: a minute after the last, five times at most. */
  async resend(challenge: LoginChallenge): Promise<void> {
    const recent = await this.emailCodes.recent(challenge.user_id, 'login');
    if (recent) {
      const free = new Date(recent.created_at.getTime() + RESEND_AFTER * 1000);
      throw tooMany(secondsUntil(free, this.clock.now()));
    }
    const left = secondsUntil(challenge.expires_at, this.clock.now());
    if (challenge.resends >= RESENDS) throw tooMany(left);
    const codeId = await this.emailCodes.mailNew(challenge.user_id, 'login');
    if (!(await this.challenges.resend(challenge, codeId, this.clock.now(), RESENDS)))
      throw tooMany(RESEND_AFTER);
  }
}
