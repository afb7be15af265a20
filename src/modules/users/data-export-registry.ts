import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';

/**
 * Yields the rows that a module stores about a user, in the form of the API. Without a second factor it omits the rows
 * of organizations that require one.
 */
export type DataExporter = (userId: string, hasSecondFactor: boolean) => AsyncIterable<object>;

/** A file of the export. `open` is called when its turn in the archive comes. */
export interface ExportedFile {
  /** Path in the folder of the exporter. */
  name: string;
  open: () => Readable;
}

export type FileExporter = (userId: string, hasSecondFactor: boolean) => AsyncIterable<ExportedFile>;

/** Collects the exporters of all modules. Each one writes one file of the data export of a user. */
@Injectable()
export class DataExportRegistry {
  private readonly exportersByName = new Map<string, DataExporter>();
  private readonly fileExportersByFolder = new Map<string, FileExporter>();

  /** Registers the exporter of one file; to be called once, while the application starts. */
  register(name: string, exporter: DataExporter): void {
    this.exportersByName.set(name, exporter);
  }

  /** Registers the exporter of a folder with files. */
  registerFiles(folder: string, exporter: FileExporter): void {
    this.fileExportersByFolder.set(folder, exporter);
  }

  get fileExporters(): ReadonlyMap<string, FileExporter> {
    return this.fileExportersByFolder;
  }

  get exporters(): ReadonlyMap<string, DataExporter> {
    return this.exportersByName;
  }
}
