import { Module } from '@nestjs/common';
import { ItemBank } from './item-bank.js';
import { PlacementRepository } from './persistence/placement.repository.js';
import { PlacementController } from './placement.controller.js';
import { PlacementService } from './placement.service.js';

/** The placement test. */
@Module({
  controllers: [PlacementController],
  providers: [
    PlacementRepository,
    PlacementService,
    { provide: ItemBank, useFactory: () => ItemBank.fromFile() },
  ],
  exports: [PlacementRepository, PlacementService],
})
export class PlacementModule {}
