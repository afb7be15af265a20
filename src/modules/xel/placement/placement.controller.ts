import { Controller, Get, Post } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { xelErrors as errors } from '../xel.errors.js';
import { XelPlacementRequest, XelPlacementResponse } from './dto/placement.dto.js';
import { PlacementService } from './placement.service.js';

/** The placement test of the English course. */
@ApiTags('Xentree English')
@Controller('api/xel/placement')
export class PlacementController {
  constructor(private readonly placement: PlacementService) {}

  @Get()
  @Requires('xel:read')
  @Operation({ summary: 'Get your last placement test', response: XelPlacementResponse })
  getPlacement(@CurrentActor() actor: Actor): Promise<XelPlacementResponse> {
    return this.placement.get(actor);
  }

  @Post()
  @Requires('xel:write')
  @Operation({
    summary: 'Start a placement test, go on with it, or answer its current item',
    description:
      'Without fields it starts a test or returns the open one. The next item depends on the answers; whether an answer was ' +
      'right is not said. A new test can be started seven days after the last one.',
    response: XelPlacementResponse,
    errors: [errors.placement_not_found, errors.placement_item_not_current, errors.placement_too_soon],
    idempotent: 'in-transaction',
  })
  postPlacement(
    @CurrentActor() actor: Actor,
    @Body() request: XelPlacementRequest,
  ): Promise<XelPlacementResponse> {
    return this.placement.post(actor, request);
  }
}
