import a1AtTheCafe from '@content/xel/a1-at-the-cafe.json' with { type: 'json' };
import a1DailyRoutine from '@content/xel/a1-daily-routine.json' with { type: 'json' };
import a1Introductions from '@content/xel/a1-introductions.json' with { type: 'json' };
import a1MyTown from '@content/xel/a1-my-town.json' with { type: 'json' };
import a2Comparing from '@content/xel/a2-comparing.json' with { type: 'json' };
import a2Health from '@content/xel/a2-health.json' with { type: 'json' };
import a2LastWeekend from '@content/xel/a2-last-weekend.json' with { type: 'json' };
import a2Plans from '@content/xel/a2-plans.json' with { type: 'json' };
import b1Conditions from '@content/xel/b1-conditions.json' with { type: 'json' };
import b1Experiences from '@content/xel/b1-experiences.json' with { type: 'json' };
import b1Opinions from '@content/xel/b1-opinions.json' with { type: 'json' };
import b1WorkEmail from '@content/xel/b1-work-email.json' with { type: 'json' };
import b2PassiveProcess from '@content/xel/b2-passive-process.json' with { type: 'json' };
import b2PastRegrets from '@content/xel/b2-past-regrets.json' with { type: 'json' };
import b2ReportedSpeech from '@content/xel/b2-reported-speech.json' with { type: 'json' };
import c1AcademicWriting from '@content/xel/c1-academic-writing.json' with { type: 'json' };
import c1Negotiation from '@content/xel/c1-negotiation.json' with { type: 'json' };
import c1Nuance from '@content/xel/c1-nuance.json' with { type: 'json' };
import placement from '@content/xel/placement.json' with { type: 'json' };

/** The files of the modules, in course order. */
export const MODULE_FILES: readonly unknown[] = [
  a1Introductions,
  a1DailyRoutine,
  a1AtTheCafe,
  a1MyTown,
  a2LastWeekend,
  a2Comparing,
  a2Plans,
  a2Health,
  b1Experiences,
  b1WorkEmail,
  b1Conditions,
  b1Opinions,
  b2ReportedSpeech,
  b2PassiveProcess,
  b2PastRegrets,
  c1Nuance,
  c1AcademicWriting,
  c1Negotiation,
];

/** The items of the placement test. */
export const PLACEMENT_FILE: unknown = placement;
