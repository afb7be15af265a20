import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Zones of names that have no slash and no equivalent in every runtime. */
const LEGACY_NAMES: Readonly<Record<string, string>> = {
  EST: 'America/Panama',
  MST: 'America/Phoenix',
  HST: 'Pacific/Honolulu',
  EST5EDT: 'America/New_York',
  CST6CDT: 'America/Chicago',
  MST7MDT: 'America/Denver',
  PST8PDT: 'America/Los_Angeles',
  WET: 'Europe/Lisbon',
  CET: 'Europe/Brussels',
  MET: 'Europe/Brussels',
  EET: 'Europe/Athens',
};

/**
 * Replaces stored time zones that JavaScript and PostgreSQL read differently, such as `BST`, by the IANA zone that JavaScript
 * has read so far. A zone without one becomes `UTC`.
 */
export class UseIanaTimeZones1764002200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const stored = (await runner.query(`SELECT DISTINCT timezone FROM users WHERE timezone <> 'UTC'`)) as {
      timezone: string;
    }[];
    if (stored.length === 0) return;
    const rows = (await runner.query(`SELECT name FROM pg_timezone_names WHERE name LIKE '%/%'`)) as {
      name: string;
    }[];
    const known = new Map(rows.map(({ name }) => [name.toLowerCase(), name]));
    for (const { timezone } of stored) {
      const zone =
        known.get(timezone.toLowerCase()) ?? known.get(toIanaName(timezone).toLowerCase()) ?? 'UTC';
      if (zone !== timezone)
        await runner.query('UPDATE users SET timezone = $2 WHERE timezone = $1', [timezone, zone]);
    }
  }

  /** The former names are not kept: every later version accepts the new ones. */
  async down(): Promise<void> {}
}

function toIanaName(name: string): string {
  const legacy = LEGACY_NAMES[name.toUpperCase()];
  if (legacy !== undefined) return legacy;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
