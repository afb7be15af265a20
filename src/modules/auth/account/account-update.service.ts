import { Injectable } from '@nestjs/common';
import { type UpdateXcUserRequest, UsersService, type XcUserResponse } from '@/modules/users/index.js';
import type { SessionActor, ClientInfo } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { PasswordChangeService } from './password-change.service.js';

/** Updates the user's own account (XC API), including the password. */
@Injectable()
export class AccountUpdateService {
  constructor(
    private readonly users: UsersService,
    private readonly reauthentication: ReauthenticationService,
    private readonly newPasswordHasher: NewPasswordHasher,
    private readonly passwordChange: PasswordChangeService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async update(
    actor: SessionActor,
    client: ClientInfo,
    request: UpdateXcUserRequest,
  ): Promise<XcUserResponse> {
    const { password, current_password } = request;
    if (password === undefined) return this.unitOfWork.run(() => this.users.updateXcUser(actor, request));
    if (current_password === undefined)
      throw invalidField('current_password', 'required', 'is required with password');
    const verifiedPassword = await this.reauthentication.verifyPassword(actor, client, current_password);
    const hash = await this.hashNewPassword(actor.userId, password);
    return this.reauthentication.runReauthenticated(actor, verifiedPassword, async () => {
      const user = await this.users.updateXcUser(actor, request);
      await this.passwordChange.change(actor.userId, hash, actor.sessionId);
      return user;
    });
  }

  private async hashNewPassword(userId: string, password: string): Promise<string> {
    const { email, first_name, last_name } = await this.users.readXcUser(userId);
    return this.newPasswordHasher.hash(password, [email, first_name ?? '', last_name ?? '']);
  }
}
