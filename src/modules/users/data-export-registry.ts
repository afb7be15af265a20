import { Injectable } from '@nestjs/common';

/**
 * Yields the rows that a module stores about a user, in the form of the API. Without a second factor it omits the rows
 * of organizations that require one.
 */
export type DataExporter = (userId: string, hasSecondFactor: boolean) => AsyncIterable<object>;

/** Collects the exporters of all modules. Each one writes one file of the data export of a user. */
@Injectable()
export class DataExportRegistry {
  private readonly exportersByName = new Map<string, DataExporter>();

  /** Registers the exporter of one file; to be called once, while the application starts. */
  register(name: string, exporter: DataExporter): void {
    this.exportersByName.set(name, exporter);
  }

  get exporters(): ReadonlyMap<string, DataExporter> {
    return this.exportersByName;
  }
}
