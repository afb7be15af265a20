import { Injectable } from '@nestjs/common';
import { UsersService } from '@/modules/users/index.js';
import type { Actor } from '@/platform/access/index.js';
import type { LiveNicknameRequest, LiveNicknameResponse } from './dto/nickname.dto.js';

/** Changes the nickname in the profile of the user. */
@Injectable()
export class LiveNicknameService {
  constructor(private readonly users: UsersService) {}

  async update({ userId }: Actor, { nickname }: LiveNicknameRequest): Promise<LiveNicknameResponse> {
    const profile = await this.users.updateProfile(userId, { nickname });
    return { nickname: profile.nickname ?? '' };
  }
}
