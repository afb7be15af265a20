import { fromBufferPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { ExtractionFailure } from '@/modules/knowledge/extraction/extracted-document.js';

/** Largest number of files in a package; real documents with hundreds of pictures have some thousands. */
export const MAX_ENTRIES = 20_000;

/** Largest sum of the bytes that are really inflated while a package is read. */
export const MAX_INFLATED_BYTES = 256 * 1024 * 1024;

const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const ENCRYPTED_STREAM = Buffer.from('EncryptedPackage', 'utf16le');

/** The files of a zip archive that are read on demand. */
export class ZipPackage {
  private inflated = 0;

  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
    private readonly maxBytes: number,
  ) {}

  static async open(bytes: Uint8Array, maxBytes = MAX_INFLATED_BYTES): Promise<ZipPackage> {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (buffer.subarray(0, COMPOUND_FILE.length).equals(COMPOUND_FILE)) throw failureOfCompoundFile(buffer);
    try {
      const zip = await fromBufferPromise(buffer, { decodeStrings: false, validateEntrySizes: false });
      return new ZipPackage(zip, await readEntries(zip), maxBytes);
    } catch (error) {
      throw asFailure(error);
    }
  }

  has(path: string): boolean {
    return this.entries.has(path.toLowerCase());
  }

  /** Yields the bytes of a file; of a file that is missing, nothing. */
  async *read(path: string): AsyncGenerator<Buffer> {
    const entry = this.entries.get(path.toLowerCase());
    if (entry === undefined) return;
    if (entry.isEncrypted()) {
      throw new ExtractionFailure('encrypted', 'The document is protected by a password.');
    }
    try {
      for await (const chunk of await this.zip.openReadStreamPromise(entry)) {
        const bytes = chunk as Buffer;
        this.inflated += bytes.byteLength;
        if (this.inflated > this.maxBytes) throw tooLarge();
        yield bytes;
      }
    } catch (error) {
      throw asFailure(error);
    }
  }
}

async function readEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.size >= MAX_ENTRIES) throw tooLarge();
    const path = entry.fileNameRaw.toString('utf8').replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase();
    if (!entries.has(path)) entries.set(path, entry);
  }
  return entries;
}

function tooLarge(): ExtractionFailure {
  return new ExtractionFailure('too_large', 'The document is too large when it is unpacked.');
}

/** Office programs store an encrypted document, and those of before 2007 each document, as a compound file. */
function failureOfCompoundFile(bytes: Buffer): ExtractionFailure {
  return bytes.includes(ENCRYPTED_STREAM)
    ? new ExtractionFailure('encrypted', 'The document is protected by a password.')
    : new ExtractionFailure('unreadable', 'The document is in the format of Word before 2007.');
}

function asFailure(error: unknown): ExtractionFailure {
  if (error instanceof ExtractionFailure) return error;
  return new ExtractionFailure('unreadable', 'The document is damaged: it is no valid zip archive.');
}
