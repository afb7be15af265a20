import { Injectable } from '@nestjs/common';
import { Gate } from '@/modules/organizations/index.js';
import { DirectoryService, type XcUserResponse } from '@/modules/users/index.js';
import type { Client } from '@/platform/access/actor.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { SecondFactors } from '../two-factor/second-factors.service.js';
import { AdministeredPassword } from './administered-password.js';
import { type Administrator, assertHome, assertNotOwn, assertOutranks } from './administration.rules.js';
import type { UpdateUserRequest } from './dto/administration.requests.js';
import { UserChanges } from './user-update.service.js';

/** What the admins of an organization change about its people, on the XC face. */
@Injectable()
export class UserAdministration {
  constructor(
    private readonly directory: DirectoryService,
    private readonly changes: UserChanges,
    private readonly passwords: AdministeredPassword,
    private readonly factors: SecondFactors,
    private readonly gate: Gate,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async update(
    actor: Administrator,
    client: Client,
    userId: string,
    request: UpdateUserRequest,
  ): Promise<XcUserResponse> {
    const hash = await this.passwords.hashFor(actor, client, userId, request);
    return this.unitOfWork.run(async () => {
      const held = await this.gate.hold(actor, 'users.manage');
      await this.changes.apply(held, userId, request, hash);
      return this.directory.read(held, userId);
    });
  }

  /** Takes a lost second factor away. All sessions of that person end. */
  async resetTwoFactor(actor: Administrator, userId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const held = await this.gate.hold(actor, 'users.manage');
      const target = await this.directory.find(held, userId);
      assertNotOwn(held, target, 'two_factor_method');
      assertOutranks(held, target);
      assertHome(held, target);
      await this.factors.reset(userId);
      await this.changes.record(held, 'user.two_factor_reset', userId);
    });
  }
}
