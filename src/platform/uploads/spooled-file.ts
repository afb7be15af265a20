import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomId } from '../kernel/ids.js';

/** A file that a client sent, complete and with its hash. */
export interface ReceivedFile {
  filename: string;
  /** The content type that the client stated; not verified. */
  statedType: string;
  size: number;
  /** In hexadecimal. */
  sha256: string;
  /** Yields the content in pieces of `pieceSize` bytes. Can be called several times. */
  pieces(pieceSize: number): AsyncIterable<Buffer>;
}

/**
 * A temporary file that has no name: the file system removes it when it is closed, also when the process is killed. So a
 * client that sends slowly keeps neither memory nor a transaction.
 */
export class SpooledFile implements ReceivedFile {
  size = 0;
  private readonly hash: Hash = createHash('sha256');
  private digest: string | undefined;

  private constructor(
    private readonly handle: FileHandle,
    readonly filename: string,
    readonly statedType: string,
  ) {}

  static async create(filename: string, statedType: string): Promise<SpooledFile> {
    const path = join(tmpdir(), `xentree-upload-${randomId()}`);
    const handle = await open(path, 'wx+', 0o600);
    await unlink(path).catch(async (error: unknown) => {
      await handle.close();
      throw error;
    });
    return new SpooledFile(handle, filename, statedType);
  }

  async append(chunk: Buffer): Promise<void> {
    this.hash.update(chunk);
    for (let written = 0; written < chunk.length;) {
      const { bytesWritten } = await this.handle.write(
        chunk,
        written,
        chunk.length - written,
        this.size + written,
      );
      written += bytesWritten;
    }
    this.size += chunk.length;
  }

  get sha256(): string {
    return (this.digest ??= this.hash.digest('hex'));
  }

  async *pieces(pieceSize: number): AsyncGenerator<Buffer> {
    for (let position = 0; position < this.size;) {
      const piece = Buffer.allocUnsafe(Math.min(pieceSize, this.size - position));
      const { bytesRead } = await this.handle.read(piece, 0, piece.length, position);
      if (bytesRead === 0) throw new Error('A temporary file is shorter than it was.');
      position += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** A text of a JSON body as a file. */
export class TextFile implements ReceivedFile {
  readonly size: number;
  readonly sha256: string;
  private readonly bytes: Buffer;

  constructor(
    text: string,
    readonly filename: string,
    readonly statedType: string,
  ) {
    this.bytes = Buffer.from(text);
    this.size = this.bytes.length;
    this.sha256 = createHash('sha256').update(this.bytes).digest('hex');
  }

  async *pieces(pieceSize: number): AsyncGenerator<Buffer> {
    for (let start = 0; start < this.size; start += pieceSize)
      yield this.bytes.subarray(start, start + pieceSize);
  }
}
