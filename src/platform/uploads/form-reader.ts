import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError, invalidField, platformErrors } from '../errors/index.js';
import type { UploadOptions } from '../openapi/operation-options.js';
import { SpooledFile } from './spooled-file.js';

/** The field of a form that has the file. */
const FILE_FIELD = 'file';
const MAX_FIELD_BYTES = 16 * 1024;
/** Bytes of the headers and boundaries of all parts. */
const FORM_OVERHEAD = 256 * 1024;
const MAX_FILENAME_LENGTH = 255;
/** More than any form of this API has; so an error names the unknown or repeated field. */
const MAX_PARTS = 40;

export interface UploadForm {
  fields: Record<string, unknown>;
  file: SpooledFile | null;
}

/** Reads a form with a file into a temporary file. Fields may be before and after the file. */
export class FormReader {
  private readonly form: UploadForm = { fields: {}, file: null };

  constructor(
    private readonly options: UploadOptions,
    private readonly maxFileBytes: number,
  ) {}

  /** Throws 400 for an unknown or repeated field, and 413 `file_too_large`; the temporary file is closed then. */
  async read(request: FastifyRequest): Promise<UploadForm> {
    if (Number(request.headers['content-length'] ?? 0) > this.maxFileBytes + FORM_OVERHEAD)
      throw this.fileTooLarge();
    // The client left while the request waited: the parser would wait for the end of the form forever.
    if (request.raw.destroyed) throw platformErrors.malformed_body();
    try {
      for await (const part of request.parts({ limits: this.limits })) await this.readPart(part);
      return this.form;
    } catch (error) {
      await this.form.file?.close();
      throw toFormError(error);
    }
  }

  private get limits(): Record<string, number> {
    return {
      fileSize: this.maxFileBytes,
      fieldSize: MAX_FIELD_BYTES,
      fieldNameSize: 100,
      parts: MAX_PARTS,
      fields: MAX_PARTS,
      files: MAX_PARTS,
      headerPairs: 20,
    };
  }

  private async readPart(part: Multipart): Promise<void> {
    const { fieldname: name } = part;
    if (name === FILE_FIELD) return this.readFile(part);
    if (!this.options.fields.includes(name))
      throw invalidField(name, 'unknown_field', 'is not a known field');
    if (name in this.form.fields) throw invalidField(name, 'single', 'must be sent once');
    const text = part.type === 'file' ? await readText(part) : toText(part.value, part.valueTruncated);
    if (text === null) throw invalidField(name, 'max_size', `must have at most ${MAX_FIELD_BYTES} bytes`);
    // Forms of browsers send fields without a value.
    if (text !== '') this.form.fields[name] = this.parse(name, text);
  }

  private async readFile(part: Multipart): Promise<void> {
    if (part.type !== 'file') throw invalidField(FILE_FIELD, 'file', 'must be a file');
    if (this.form.file) throw invalidField(FILE_FIELD, 'single', 'must be sent once');
    const file = await SpooledFile.create(cleanFilename(part.filename), part.mimetype);
    this.form.file = file;
    for await (const chunk of part.file) await file.append(chunk as Buffer);
    if (part.file.truncated) throw this.fileTooLarge();
    if (file.size === 0) throw invalidField(FILE_FIELD, 'not_empty', 'must not be empty');
  }

  private parse(name: string, text: string): unknown {
    if (!this.options.jsonFields.includes(name)) return text;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw invalidField(name, 'json', 'must be JSON');
    }
  }

  private fileTooLarge(): AppError {
    return platformErrors.file_too_large({ data: { field: FILE_FIELD, max_bytes: this.maxFileBytes } });
  }
}

/** Returns the content of a part that is a file only in form: clients send JSON as a Blob. Null when it is too long. */
async function readText({ file }: MultipartFile): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of file) {
    chunks.push(chunk as Buffer);
    if ((size += (chunk as Buffer).length) > MAX_FIELD_BYTES) return null;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The parser of forms has parsed a value with the content type of JSON. */
function toText(value: unknown, truncated: boolean): string | null {
  if (truncated) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Returns the file name without folders, control characters and directional marks. */
function cleanFilename(filename = ''): string {
  // Browsers encode a quotation mark in the name, and nothing else that a name can have.
  const name = filename
    .toWellFormed()
    .replaceAll('%22', '"')
    .replace(/[\p{Cc}\p{Cf}]/gu, '');
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).trim();
  if (base.length <= MAX_FILENAME_LENGTH) return base || 'file';
  const dot = base.lastIndexOf('.');
  const extension = dot > base.length - 10 ? base.slice(dot) : '';
  return base.slice(0, MAX_FILENAME_LENGTH - extension.length).toWellFormed() + extension;
}

/**
 * Errors of the parser are errors of the client: a form that is cut or malformed, or has too many parts, and a connection that
 * was closed.
 */
function toFormError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  if (code.startsWith('FST_') || /multipart|boundary|terminated early|premature|aborted/i.test(message))
    return platformErrors.malformed_body({ cause: error });
  return error;
}
