import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { ModelFailure } from '../model-failure.js';

/** A body with more codings is refused: each one multiplies the work. */
const MAX_CODINGS = 2;
/** The decoded beginning of an error body is never longer, in bytes. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Newer versions of Node.js have zstd. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };

interface DecoderListener {
  onData: (chunk: Buffer) => void;
  onEnd: () => void;
  /** Gets a {@link ModelFailure}. */
  onError: (failure: ModelFailure) => void;
}

/** Returns the codings in the order in which they are decoded; none for `identity`. */
export function parseCodings(contentEncoding: string | string[] | undefined): string[] {
  return String(contentEncoding ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
    .reverse();
}

/** Decodes a compressed body while it arrives. `write` throws `malformed_answer` for a coding that Node.js lacks. */
export class ContentDecoder {
  private stages: Transform[] = [];

  constructor(
    private readonly codings: readonly string[],
    private readonly listener: DecoderListener,
  ) {}

  write(chunk: Buffer): void {
    if (this.stages.length === 0) this.createStages(chunk);
    this.stages[0]?.write(chunk);
  }

  /** Ends the body; `onEnd` or `onError` is called later. */
  end(): void {
    const [input] = this.stages;
    if (input) input.end();
    else this.listener.onEnd();
  }

  /** Ends all work. No listener is called any more. */
  destroy(): void {
    for (const stage of this.stages) {
      stage.removeAllListeners();
      stage.on('error', () => undefined);
      stage.destroy();
    }
  }

  private createStages(firstBytes: Buffer): void {
    if (this.codings.length > MAX_CODINGS) throw new ModelFailure('malformed_answer');
    this.stages = this.codings.map((coding) => createStage(coding, firstBytes));
    const output = this.stages.at(-1);
    this.stages.forEach((stage, index) => {
      const next = this.stages[index + 1];
      if (next) stage.pipe(next);
      stage.on('error', (error) => this.listener.onError(toFailure(error)));
    });
    output?.on('data', this.listener.onData);
    output?.on('end', this.listener.onEnd);
  }
}

function createStage(coding: string, firstBytes: Buffer): Transform {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'deflate':
      return isZlibFormat(firstBytes) ? zlib.createInflate() : zlib.createInflateRaw();
    case 'zstd':
      if (createZstdDecompress) return createZstdDecompress();
  }
  throw new ModelFailure('malformed_answer');
}

/** Returns the decoded beginning of an error body, as far as it can be decoded; empty when it cannot. */
export function decodeErrorBody(body: Buffer, codings: readonly string[]): Buffer {
  try {
    return codings.reduce(decodeAtOnce, body);
  } catch {
    return Buffer.alloc(0);
  }
}

function decodeAtOnce(bytes: Buffer, coding: string): Buffer {
  const options = { maxOutputLength: MAX_ERROR_BYTES, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  if (coding === 'gzip' || coding === 'x-gzip') return zlib.gunzipSync(bytes, options);
  if (coding === 'br') return zlib.brotliDecompressSync(bytes, { maxOutputLength: MAX_ERROR_BYTES });
  if (coding !== 'deflate') return Buffer.alloc(0);
  return isZlibFormat(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options);
}

/** The coding `deflate` is the zlib format; some servers send raw deflate data under this name. */
function isZlibFormat(bytes: Buffer): boolean {
  return ((bytes[0] ?? 0) & 0x0f) === 8;
}

/** Compressed data that ends too early is an incomplete answer. */
function toFailure(error: unknown): ModelFailure {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const isCut = code === 'Z_BUF_ERROR' || code === 'ERR_BROTLI_DECODER_ERROR_UNREACHABLE';
  return new ModelFailure(isCut ? 'incomplete_answer' : 'malformed_answer');
}
