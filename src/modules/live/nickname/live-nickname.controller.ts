import { Controller, Patch, Post, Put } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { LiveNicknameRequest, LiveNicknameResponse } from './dto/nickname.dto.js';
import { LiveNicknameService } from './live-nickname.service.js';

const OPERATION = {
  summary: 'Update the user nickname used in Xentree Live',
  description: 'PATCH, PUT and POST do the same.',
  response: LiveNicknameResponse,
};

@ApiTags('Xentree Live')
@Controller('api/live/nickname')
export class LiveNicknameController {
  constructor(private readonly nicknames: LiveNicknameService) {}

  @Patch()
  @Requires('live:write')
  @Operation(OPERATION)
  updateLiveNickname(
    @CurrentActor() actor: Actor,
    @Body() request: LiveNicknameRequest,
  ): Promise<LiveNicknameResponse> {
    return this.nicknames.update(actor, request);
  }

  @Put()
  @Requires('live:write')
  @Operation(OPERATION)
  putLiveNickname(
    @CurrentActor() actor: Actor,
    @Body() request: LiveNicknameRequest,
  ): Promise<LiveNicknameResponse> {
    return this.nicknames.update(actor, request);
  }

  @Post()
  @Requires('live:write')
  @Operation(OPERATION)
  postLiveNickname(
    @CurrentActor() actor: Actor,
    @Body() request: LiveNicknameRequest,
  ): Promise<LiveNicknameResponse> {
    return this.nicknames.update(actor, request);
  }
}
