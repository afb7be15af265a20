import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { progressErrors as errors } from '../progress.errors.js';
import { PublicXpProfileResponse } from './dto/public-profile.response.js';
import { matchesEtag, PublicProfileService, toEtag } from './public-profile.service.js';

@ApiTags('Profile and Analytics')
@Controller('api/xp/public-profile')
export class PublicProfileController {
  constructor(private readonly profiles: PublicProfileService) {}

  @Get(':username')
  @Public()
  @Operation({
    summary: 'Get the public profile of a user',
    description:
      'Every origin may read it, and it may be cached for 60 seconds. An unknown and a hidden profile look the same.',
    response: PublicXpProfileResponse,
    errors: [errors.profile_not_found],
  })
  async getPublicXpProfile(
    @Param('username') username: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicXpProfileResponse | undefined> {
    void reply.header('Access-Control-Allow-Origin', '*').header('Cache-Control', 'public, max-age=60');
    const profile = await this.profiles.read(username);
    const etag = toEtag(profile);
    void reply.header('ETag', etag).header('Access-Control-Expose-Headers', 'ETag');
    if (!matchesEtag(known, etag)) return profile;
    void reply.status(304);
    return undefined;
  }
}
