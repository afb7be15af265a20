import { Injectable } from '@nestjs/common';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock, secondsUntil } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { tooManyAttempts } from '@/platform/limits/index.js';
import { type TokenKind, TokenSigner } from '../tokens/token-signer.js';
import { CHALLENGE_LIFETIME, RESEND_DELAY, MAX_RESENDS } from './codes/code.rules.js';
import { EmailCodesService } from './codes/email-codes.service.js';
import type { TwoFactorMethod } from './codes/persistence/second-factor.entity.js';
import type { ChallengePurpose, LoginChallenge } from './persistence/login-challenge.entity.js';
import { LoginChallengeRepository } from './persistence/login-challenge.repository.js';

const TEMP_TOKEN: TokenKind = { typ: 'challenge+jwt', audience: 'xentree:challenge' };

/** Logins between the password and the second factor. A `temp_token` names one and serves one purpose only. */
@Injectable()
export class LoginChallengesService {
  constructor(
    private readonly challenges: LoginChallengeRepository,
    private readonly emailCodes: EmailCodesService,
    private readonly signer: TokenSigner,
    private readonly clock: Clock,
  ) {}

  /** Begins a challenge and answers its `temp_token`. For a mailed code, the code goes out now. */
  async create(userId: string, purpose: ChallengePurpose, method: TwoFactorMethod | null): Promise<string> {
    const codeId = method === 'email' ? await this.emailCodes.sendUnlessRecent(userId, 'login') : null;
    const id = newId();
    await this.challenges.insert({
      id,
      user_id: userId,
      purpose,
      email_code_id: codeId,
      resends: 0,
      created_at: this.clock.now(),
      expires_at: this.clock.after(CHALLENGE_LIFETIME),
      ended_at: null,
    });
    return this.signer.sign(TEMP_TOKEN, { sub: userId, jti: id, purpose }, CHALLENGE_LIFETIME);
  }

  /** The living challenge a token names; throws `token_invalid`. */
  async getByToken(tempToken: string, purpose: ChallengePurpose): Promise<LoginChallenge> {
    const claims = this.signer.verify(TEMP_TOKEN, tempToken);
    const challengeId = claims?.purpose === purpose && typeof claims.jti === 'string' ? claims.jti : null;
    const challenge =
      challengeId && (await this.challenges.findActive(challengeId, purpose, this.clock.now()));
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
  async resendCode(challenge: LoginChallenge): Promise<void> {
    const recentCode = await this.emailCodes.findRecent(challenge.user_id, 'login');
    if (recentCode) {
      const nextResendAt = new Date(recentCode.created_at.getTime() + RESEND_DELAY * 1000);
      throw tooManyAttempts(secondsUntil(nextResendAt, this.clock.now()));
    }
    const secondsLeft = secondsUntil(challenge.expires_at, this.clock.now());
    if (challenge.resends >= MAX_RESENDS) throw tooManyAttempts(secondsLeft);
    const codeId = await this.emailCodes.sendNew(challenge.user_id, 'login');
    if (!(await this.challenges.resend(challenge, codeId, this.clock.now(), MAX_RESENDS)))
      throw tooManyAttempts(RESEND_DELAY);
  }
}
