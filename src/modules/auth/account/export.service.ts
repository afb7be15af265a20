import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { SessionActor } from '../../../platform/http/actor.js';
import { Clock } from '../../../platform/kernel/clock.js';
import { BelongingService } from '../../organizations/index.js';
import { UsersService } from '../../users/index.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactors } from '../two-factor/second-factors.service.js';

/** Hands a person everything kept about them, as one ZIP of JSON files. */
@Injectable()
export class ExportService {
  constructor(
    private readonly users: UsersService,
    private readonly belonging: BelongingService,
    private readonly sessions: SessionsService,
    private readonly factors: SecondFactors,
    private readonly clock: Clock,
  ) {}

  async archive({ userId }: SessionActor): Promise<Readable> {
    const { phone_number, email_preferences, first_name, last_name, last_login_at } =
      await this.users.xcUser(userId);
    const own = { first_name, last_name, phone_number, email_preferences, last_login_at };
    const factor = await this.factors.find(userId);
    const files = {
      'profile.json': { ...(await this.users.profile(userId)), ...own },
      'organizations.json': await this.belonging.listOf(userId),
      'sessions.json': await this.sessions.history(userId),
      'two-factor.json': factor && { method: factor.method, enabled_at: factor.created_at },
    };
    const { default: yazl } = await import('yazl');
    const zip = new yazl.ZipFile();
    for (const [name, content] of Object.entries(files)) {
      zip.addBuffer(Buffer.from(`${JSON.stringify(content, null, 2)}\n`), name, { mtime: this.clock.now() });
    }
    zip.end();
    return zip.outputStream as Readable;
  }
}
