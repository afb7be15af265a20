import { Module } from '@nestjs/common';
import { MemberDayRepository } from './persistence/member-day.repository.js';

/** What the members of organizations did on each day. The repository is for modules of this context. */
@Module({ providers: [MemberDayRepository], exports: [MemberDayRepository] })
export class MemberDaysModule {}
