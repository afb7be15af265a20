import { Injectable } from '@nestjs/common';
import { DirectoryService } from '@/modules/users/index.js';
import type { Client } from '@/platform/access/actor.js';
import { NewPassword } from '../passwords/new-password-hasher.js';
import { Reauthentication } from '../passwords/reauthentication.service.js';
import { type Administrator, assertHome, assertNotOwn, assertOutranks } from './administration.rules.js';
import type { UpdateUserRequest } from './dto/administration.requests.js';

/** A password that an admin sets for somebody else: hashed before the transaction that stores it. */
@Injectable()
export class AdministeredPassword {
  constructor(
    private readonly directory: DirectoryService,
    private readonly reauthentication: Reauthentication,
    private readonly newPassword: NewPassword,
  ) {}

  /** The hash of the new password, null without one. Who may not set it is refused before anything is hashed. */
  async hashFor(
    actor: Administrator,
    client: Client,
    userId: string,
    { password, current_password }: UpdateUserRequest,
  ): Promise<string | null> {
    const target = await this.directory.find(actor, userId);
    if (password !== undefined) {
      assertNotOwn(actor, target, 'password');
      assertOutranks(actor, target);
      assertHome(actor, target);
    }
    if (current_password != null) await this.reauthentication.check(actor, client, current_password);
    if (password === undefined) return null;
    return this.newPassword.hash(password, [target.email, target.first_name, target.last_name]);
  }
}
