import { Injectable } from '@nestjs/common';
import { invalidField } from '../errors/index.js';
import { isTimeZone } from '../kernel/time-zones.js';
import { UnitOfWork } from './unit-of-work.js';

/** Time zones that both JavaScript and PostgreSQL know. Every stored time zone passes through here. */
@Injectable()
export class TimeZones {
  private names: Promise<Map<string, string>> | undefined;

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns the name as PostgreSQL writes it. Throws 400 for the field if the zone is not known. */
  async normalize(field: string, name: string): Promise<string> {
    this.names ??= this.loadNames();
    const known = isTimeZone(name) ? (await this.names).get(name.toLowerCase()) : undefined;
    if (known === undefined) throw invalidField(field, 'timezone', 'must be an IANA time zone');
    return known;
  }

  /** Loads the names once: PostgreSQL reads hundreds of files for them. */
  private async loadNames(): Promise<Map<string, string>> {
    try {
      const rows = await this.unitOfWork.query<{ name: string }>(
        {
          name: 'time-zones.list',
          text: `SELECT name FROM pg_timezone_names WHERE name = 'UTC' OR name LIKE '%/%'`,
        },
        [],
      );
      return new Map(rows.map(({ name }) => [name.toLowerCase(), name]));
    } catch (error) {
      this.names = undefined;
      throw error;
    }
  }
}
