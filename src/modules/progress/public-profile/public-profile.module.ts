import { Module } from '@nestjs/common';
import { SettlementModule } from '../streaks/settlement.module.js';
import { PublicProfileRepository } from './persistence/public-profile.repository.js';
import { PublicProfileController } from './public-profile.controller.js';
import { PublicProfileService } from './public-profile.service.js';

/** Profiles that every client may read. */
@Module({
  imports: [SettlementModule],
  controllers: [PublicProfileController],
  providers: [PublicProfileRepository, PublicProfileService],
})
export class PublicProfileModule {}
