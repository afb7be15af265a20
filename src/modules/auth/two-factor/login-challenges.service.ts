import { Injectable } from '@nestjs/common';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock, secondsUntil } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { tooManyAttempts } from '@/platform/limits/index.js';
import { authErrors } from '../auth.errors.js';
import { type TokenKind, TokenSigner } from '../tokens/token-signer.js';
import { CHALLENGE_LIFETIME, RESEND_DELAY, MAX_RESENDS } from './codes/code.rules.js';
import { EmailCodesService } from './codes/email-codes.service.js';
import type { TwoFactorMethod } from './codes/persistence/second-factor.entity.js';
import type { ChallengePurpose, LoginChallenge } from './persistence/login-challenge.entity.js';
import { LoginChallengeRepository } from './persistence/login-challenge.repository.js';

const TEMP_TOKEN: TokenKind = { typ: 'challenge+jwt', audience: 'xentree:challenge' };

/** Logins whose password was correct and that wait for a second step. A `temp_token` identifies one. */
@Injectable()
export class LoginChallengesService {
  constructor(
    private readonly challenges: LoginChallengeRepository,
    private readonly emailCodes: EmailCodesService,
    private readonly signer: TokenSigner,
    private readonly clock: Clock,
  ) {}

  /** Creates a challenge and returns its `temp_token`. For e-mail codes, also sends the code if mail can be sent now. */
  async create(userId: string, purpose: ChallengePurpose, method: TwoFactorMethod | null): Promise<string> {
    const codeId = method === 'email' ? await this.emailCodes.sendIfPossible(userId, 'login') : null;
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

  /** Returns what a token is for; null for a token that is not valid. */
  getPurpose(tempToken: string): ChallengePurpose | null {
    const purpose = this.signer.verify(TEMP_TOKEN, tempToken)?.purpose;
    return purpose === 'verify' || purpose === 'setup' ? purpose : null;
  }

  /** Returns the active challenge of a token. Throws `token_invalid`, also for a token of another purpose. */
  async getByToken(tempToken: string, purpose: ChallengePurpose): Promise<LoginChallenge> {
    const claims = this.signer.verify(TEMP_TOKEN, tempToken);
    const challengeId = claims?.purpose === purpose && typeof claims.jti === 'string' ? claims.jti : null;
    const challenge =
      challengeId && (await this.challenges.findActive(challengeId, purpose, this.clock.now()));
    if (!challenge) throw platformErrors.token_invalid();
    return challenge;
  }

  /**
   * Ends a challenge. Of concurrent calls exactly one succeeds; the others throw `two_factor_code_invalid`, because their
   * `temp_token` was valid when they used it.
   */
  async finish({ id }: LoginChallenge): Promise<void> {
    if (!(await this.challenges.end(id, this.clock.now()))) throw authErrors.two_factor_code_invalid();
  }

  /** Ends all pending logins of a user. */
  async endAll(userId: string): Promise<void> {
    await this.challenges.endAll(userId, this.clock.now());
  }

  /** Sends another code and returns its id: one minute after the last one, at most five times. Throws 429. */
  async resendCode(challenge: LoginChallenge): Promise<string> {
    const codePurpose = challenge.purpose === 'setup' ? 'setup' : 'login';
    const recentCode = await this.emailCodes.findRecent(challenge.user_id, codePurpose);
    if (recentCode) {
      const nextResendAt = new Date(recentCode.created_at.getTime() + RESEND_DELAY * 1000);
      throw tooManyAttempts(secondsUntil(nextResendAt, this.clock.now()));
    }
    const secondsLeft = secondsUntil(challenge.expires_at, this.clock.now());
    if (challenge.resends >= MAX_RESENDS) throw tooManyAttempts(secondsLeft);
    const codeId = await this.emailCodes.sendNew(challenge.user_id, codePurpose);
    if (!(await this.challenges.resend(challenge, codeId, this.clock.now(), MAX_RESENDS)))
      throw tooManyAttempts(RESEND_DELAY);
    return codeId;
  }
}
