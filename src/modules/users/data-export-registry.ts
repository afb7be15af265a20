import { Injectable } from '@nestjs/common';

/**
 * Rows of what a module keeps about a person, as a client sees them. Without a second factor, what belongs to an
 * organization that asks for one is left out.
 */
export type DataExporter = (userId: string, hasSecondFactor: boolean) => AsyncIterable<object>;

/** What modules add to the archive that hands a person everything kept about them; one file each. */
@Injectable()
export class DataExportRegistry {
  private readonly exportersByName = new Map<string, DataExporter>();

  /** Declares a file; called once, while the application starts. */
  register(name: string, exporter: DataExporter): void {
    this.exportersByName.set(name, exporter);
  }

  get exporters(): ReadonlyMap<string, DataExporter> {
    return this.exportersByName;
  }
}
