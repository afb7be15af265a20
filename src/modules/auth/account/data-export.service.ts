import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { ZipFile } from 'yazl';
import { UserOrganizationsService } from '@/modules/organizations/index.js';
import { type DataExporter, DataExportRegistry, UsersService } from '@/modules/users/index.js';
import type { SessionActor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorsService } from '../two-factor/second-factors.service.js';

/** Exports the data of a user as a ZIP archive of JSON files. */
@Injectable()
export class DataExportService {
  constructor(
    private readonly users: UsersService,
    private readonly userOrganizations: UserOrganizationsService,
    private readonly sessions: SessionsService,
    private readonly secondFactors: SecondFactorsService,
    private readonly dataExports: DataExportRegistry,
    private readonly clock: Clock,
  ) {}

  /** Returns the archive as a stream; a failure destroys the stream. */
  async createArchive({ userId, secondFactor }: SessionActor): Promise<Readable> {
    const { phone_number, email_preferences, first_name, last_name, last_login_at } =
      await this.users.readXcUser(userId);
    const own = { first_name, last_name, phone_number, email_preferences, last_login_at };
    const factor = await this.secondFactors.find(userId);
    const files = {
      'profile.json': { ...(await this.users.readProfile(userId)), ...own },
      'organizations.json': await this.userOrganizations.list(userId),
      'sessions.json': await this.sessions.findAllByUser(userId),
      'two-factor.json': factor && { method: factor.method, enabled_at: factor.created_at },
    };
    const { default: yazl } = await import('yazl');
    const zip = new yazl.ZipFile();
    for (const [name, content] of Object.entries(files)) {
      zip.addBuffer(Buffer.from(`${JSON.stringify(content, null, 2)}\n`), name, { mtime: this.clock.now() });
    }
    for (const [name, rows] of this.dataExports.exporters) {
      const file = Readable.from(toJsonList(rows(userId, secondFactor)), { objectMode: false });
      zip.addReadStream(file, `${name}.json`, { mtime: this.clock.now() });
    }
    const archive = zip.outputStream as Readable;
    zip.on('error', (error: Error) => archive.destroy(error)); // a truncated archive must not look complete
    this.addFiles(zip, userId, secondFactor).then(
      () => zip.end(),
      (error: Error) => archive.destroy(error),
    );
    return archive;
  }

  /** Adds the names of all files; each one is opened when the files before it are in the archive. */
  private async addFiles(zip: ZipFile, userId: string, secondFactor: boolean): Promise<void> {
    for (const [folder, listFiles] of this.dataExports.fileExporters)
      for await (const { name, open } of listFiles(userId, secondFactor))
        zip.addReadStreamLazy(`${folder}/${name}`, { mtime: this.clock.now() }, (callback) =>
          callback(null, open()),
        );
  }
}

/** Yields a JSON array row by row: it may be larger than the memory. */
async function* toJsonList(rows: ReturnType<DataExporter>): AsyncGenerator<string> {
  let separator = '[';
  for await (const row of rows) {
    yield `${separator}\n${JSON.stringify(row)}`;
    separator = ',';
  }
  yield separator === '[' ? '[]\n' : '\n]\n';
}
