import { Injectable } from '@nestjs/common';
import { DirectoryService } from '@/modules/users/index.js';
import type { ClientInfo } from '@/platform/access/actor.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import {
  type Administrator,
  assertHomeOrganization,
  assertNotSelf,
  assertOutranks,
} from './administration.rules.js';
import type { UpdateUserRequest } from './dto/administration.requests.js';

/** A password that an admin sets for somebody else: hashed before the transaction that stores it. */
@Injectable()
export class ManagedPasswordHasher {
  constructor(
    private readonly directory: DirectoryService,
    private readonly reauthentication: ReauthenticationService,
    private readonly newPasswordHasher: NewPasswordHasher,
  ) {}

  /** The hash of the new password, null without one. Who may not set it is refused before anything is hashed. */
  async hashNewPassword(
    actor: Administrator,
    client: ClientInfo,
    userId: string,
    { password, current_password }: UpdateUserRequest,
  ): Promise<string | null> {
    const target = await this.directory.find(actor, userId);
    if (password !== undefined) {
      assertNotSelf(actor, target, 'password');
      assertOutranks(actor, target);
      assertHomeOrganization(actor, target);
    }
    if (current_password != null) await this.reauthentication.verifyPassword(actor, client, current_password);
    if (password === undefined) return null;
    return this.newPasswordHasher.hash(password, [target.email, target.first_name, target.last_name]);
  }
}
