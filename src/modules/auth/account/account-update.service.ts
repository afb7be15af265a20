import { Injectable } from '@nestjs/common';
import { type UpdateXcUserRequest, UsersService, type XcUserResponse } from '@/modules/users/index.js';
import type { SessionActor, Client } from '@/platform/access/actor.js';
import { validationFailed } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { NewPassword } from '../passwords/new-password-hasher.js';
import { Reauthentication } from '../passwords/reauthentication.service.js';
import { Passwords } from './password-change.service.js';

/** The XC update of one's own account, which may change the password too. */
@Injectable()
export class AccountUpdateService {
  constructor(
    private readonly users: UsersService,
    private readonly reauthentication: Reauthentication,
    private readonly newPassword: NewPassword,
    private readonly passwords: Passwords,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async update(actor: SessionActor, client: Client, request: UpdateXcUserRequest): Promise<XcUserResponse> {
    const hash = await this.hashOfNew(actor, client, request);
    return this.unitOfWork.run(async () => {
      const user = await this.users.updateXcUser(actor, request);
      if (hash) await this.passwords.change(actor.userId, hash, actor.sessionId);
      return user;
    });
  }

  private async hashOfNew(
    actor: SessionActor,
    client: Client,
    request: UpdateXcUserRequest,
  ): Promise<string | null> {
    const { password, current_password } = request;
    if (password === undefined) return null;
    if (current_password === undefined) {
      throw validationFailed([
        { path: 'current_password', rule: 'required', message: 'is required with password' },
      ]);
    }
    await this.reauthentication.check(actor, client, current_password);
    const { email, first_name, last_name } = await this.users.xcUser(actor.userId);
    return this.newPassword.hash(password, [email, first_name ?? '', last_name ?? '']);
  }
}
