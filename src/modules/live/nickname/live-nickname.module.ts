import { Module } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { LiveNicknameController } from './live-nickname.controller.js';
import { LiveNicknameService } from './live-nickname.service.js';

/** The name by which the AI calls the user: the nickname of the profile. */
@Module({
  imports: [UsersModule],
  controllers: [LiveNicknameController],
  providers: [LiveNicknameService],
})
export class LiveNicknameModule {}
