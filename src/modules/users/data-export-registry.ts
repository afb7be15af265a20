import { Injectable } from '@nestjs/common';

/**
 * Rows of what a module keeps about a person, as a client sees them. Without a second factor, what belongs to an
 * organization that asks for one is left out.
 */
export type Contribution = (userId: string, provedFactor: boolean) => AsyncIterable<object>;

/** What modules add to the archive that hands a person everything kept about them; one file each. */
@Injectable()
export class PersonalArchive {
  private readonly all = new Map<string, Contribution>();

  /** Declares a file; called once, while the application starts. */
  contribute(name: string, rows: Contribution): void {
    this.all.set(name, rows);
  }

  get contributions(): ReadonlyMap<string, Contribution> {
    return this.all;
  }
}
