import { Controller, Get, Post } from '@nestjs/common';
import { CurrentActor, Requires, type SessionActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { IdempotencyKey } from '@/platform/idempotency/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body, Query } from '@/platform/validation/index.js';
import { PROVIDER_FACTS, providerErrors } from '../google/google-failure.js';
import { integrationErrors as errors } from '../integrations.errors.js';
import { CalendarService } from './calendar.service.js';
import {
  CalendarEventResponse,
  CreateEventRequest,
  EventsQuery,
  FreeBusyQuery,
  FreeBusyResponse,
} from './dto/calendar.dto.js';
import { StudyPlanRequest, StudyPlanResponse } from './dto/study-plan.dto.js';
import { StudyPlanService } from './study-plan.service.js';

const CALENDAR_ERRORS = [
  errors.integration_scope_missing,
  errors.integration_not_connected,
  errors.integration_reconnect_required,
  errors.integration_rate_limited,
  platformErrors.too_many_attempts,
  providerErrors.provider_failed,
  errors.integration_not_configured,
  providerErrors.provider_timeout,
];

@ApiTags('Integrations')
@Controller('api/integrations/google-calendar')
export class CalendarController {
  constructor(
    private readonly calendar: CalendarService,
    private readonly studyPlans: StudyPlanService,
  ) {}

  @Get('events')
  @Requires('session')
  @Operation({
    summary: 'List events of your calendar, in the order of their start',
    response: [CalendarEventResponse],
    errors: CALENDAR_ERRORS,
    facts: PROVIDER_FACTS,
  })
  listCalendarEvents(
    @CurrentActor() { userId }: SessionActor,
    @Query() query: EventsQuery,
  ): Promise<CalendarEventResponse[]> {
    return this.calendar.listEvents(userId, query);
  }

  @Post('events')
  @Requires('session')
  @Operation({
    summary: 'Create an event in your calendar',
    status: 201,
    response: CalendarEventResponse,
    errors: [errors.integration_event_refused, ...CALENDAR_ERRORS],
    facts: PROVIDER_FACTS,
    idempotent: true,
  })
  createCalendarEvent(
    @CurrentActor() { userId }: SessionActor,
    @Body() request: CreateEventRequest,
    @IdempotencyKey() key: string | undefined,
  ): Promise<CalendarEventResponse> {
    return this.calendar.createEvent(userId, request, key);
  }

  @Get('free-busy')
  @Requires('session')
  @Operation({
    summary: 'Read when you are busy',
    response: FreeBusyResponse,
    errors: CALENDAR_ERRORS,
    facts: PROVIDER_FACTS,
  })
  readCalendarFreeBusy(
    @CurrentActor() { userId }: SessionActor,
    @Query() query: FreeBusyQuery,
  ): Promise<FreeBusyResponse> {
    return this.calendar.readFreeBusy(userId, query);
  }

  @Post('study-plan')
  @Requires('session')
  @Operation({
    summary: 'Put study sessions of a module into your free times',
    description: 'At most 60 sessions. A repetition creates only what is missing.',
    status: 201,
    response: StudyPlanResponse,
    errors: CALENDAR_ERRORS,
    facts: PROVIDER_FACTS,
    idempotent: true,
  })
  createStudyPlan(
    @CurrentActor() { userId }: SessionActor,
    @Body() request: StudyPlanRequest,
  ): Promise<StudyPlanResponse> {
    return this.studyPlans.create(userId, request);
  }
}
