import { Controller, Get, Param } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { xelErrors as errors } from '../xel.errors.js';
import { XelModuleResponse, XelModuleSummary } from './dto/module.responses.js';
import { EnglishModulesService } from './modules.service.js';

/** The modules of the English course. */
@ApiTags('Xentree English')
@Controller('api/xel/modules')
export class EnglishModulesController {
  constructor(private readonly modules: EnglishModulesService) {}

  @Get()
  @Requires('xel:read')
  @Operation({
    summary: 'List the modules of the English course, in course order',
    description: 'Each module has your progress; with an API key, that of the user who created the key.',
    response: [XelModuleSummary],
  })
  listEnglishModules(@CurrentActor() actor: Actor): Promise<XelModuleSummary[]> {
    return this.modules.list(actor);
  }

  @Get(':module_id')
  @Requires('xel:read')
  @Operation({
    summary: 'Get a module with its tasks',
    description: 'The answers of tasks are not included.',
    response: XelModuleResponse,
    errors: [errors.xel_module_not_found],
  })
  getEnglishModule(@CurrentActor() actor: Actor, @Param('module_id') id: string): Promise<XelModuleResponse> {
    return this.modules.find(actor, id);
  }
}
