import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Config, ConfigError } from '@/platform/config/index.js';
import type { Log } from '@/platform/logging/index.js';
import type { Skill } from '../evaluation.js';

const skillSchema = z.object({
  /** Texts that people have judged. */
  texts: z.number().int().positive(),
  factor: z.number().positive().max(100),
  /** Share of these texts whose score was inside, from 0 to 1. */
  coverage: z.number().min(0).max(1),
});

/** What `npm run xel:calibrate` writes. */
export const calibrationSchema = z.object({
  rubric_version: z.string(),
  skills: z.object({ writing: skillSchema.optional(), speaking: skillSchema.optional() }),
});

export type CalibrationFile = z.infer<typeof calibrationSchema>;

/** How wide the intervals of scores are, measured on texts that people have judged. */
export class Calibration {
  static readonly none = new Calibration({});

  constructor(private readonly skills: CalibrationFile['skills']) {}

  /** Returns the factor of the assumed width; null when it was not measured for the skill. */
  findWidthFactor(skill: Skill): number | null {
    return this.skills[skill]?.factor ?? null;
  }
}

/**
 * Reads the file of `XEL_CALIBRATION_FILE`. One of another version of the rules is not used, with a line in the log: it says
 * nothing about the present scores. Throws a `ConfigError` for a file that cannot be read.
 */
export function readCalibration(
  { xelCalibrationFile: path }: Config,
  log: Log,
  version: string,
): Calibration {
  if (path === undefined) return Calibration.none;
  const file = parseFile(path);
  if (file.rubric_version === version) return new Calibration(file.skills);
  log.warn('xel.calibration_outdated', { rubric_version: file.rubric_version, present_version: version });
  return Calibration.none;
}

function parseFile(path: string): CalibrationFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new ConfigError(['XEL_CALIBRATION_FILE: names no file with JSON that can be read']);
  }
  const parsed = calibrationSchema.safeParse(content);
  if (!parsed.success)
    throw new ConfigError(['XEL_CALIBRATION_FILE: is not a file that npm run xel:calibrate has written']);
  return parsed.data;
}
