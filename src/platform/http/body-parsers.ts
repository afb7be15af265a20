import { AsyncResource } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { platformErrors } from '../errors/index.js';
import { type JsonMeasure, measureJson } from './json-measure.js';
import { LargeJsonParser } from './large-json-parser.js';

const MAX_DEPTH = 32;
/** Maximum number of values in a JSON body: work for each value must not block the event loop for seconds. */
const MAX_VALUES = 50_000;
/** Maximum length of a name in a JSON or form body, as written. Errors repeat names. */
const MAX_NAME_LENGTH = 256;
/** Maximum bytes of a JSON body. Uploads have their own limit. */
export const BODY_LIMIT = 1024 * 1024;
/** Configuration of a route that takes larger JSON bodies than BODY_LIMIT. */
export interface BodyLimitRouteConfig {
  bodyLimit?: number;
}

/** Configuration of a route that takes forms with a file. */
export interface UploadRouteConfig {
  upload?: true;
}

const FORM_LIMIT = 16 * 1024;
const MAX_FORM_FIELDS = 50;

type ParserCallback = (error: Error | null, body?: unknown) => void;
type ParseText = (request: FastifyRequest, text: string, done: ParserCallback) => unknown;

/**
 * Registers parsers of JSON and form bodies. An empty body counts as absent, whatever its content type. Depth is limited because
 * transformers recurse.
 */
export function registerBodyParsers(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  const largeJson = new LargeJsonParser();
  fastify.removeAllContentTypeParsers();
  ignoreTypeOfEmptyBodies(fastify);
  addTextParser(fastify, { type: 'application/json', bodyLimit: BODY_LIMIT }, (request, json, done) => {
    if (json.trim() === '') return done(null, undefined);
    if (json.length > BODY_LIMIT) return void parseLarge(largeJson, json, done);
    if (!isAllowed(measureJson(json))) return done(platformErrors.malformed_body());
    return parseJson(request, json, done);
  });
  const form = { type: 'application/x-www-form-urlencoded', bodyLimit: FORM_LIMIT };
  addTextParser(fastify, form, (_request, text, done) => {
    if (text === '') return done(null, undefined);
    if (text.length > FORM_LIMIT) return done(platformErrors.payload_too_large());
    const fields = parseForm(text);
    return fields ? done(null, fields) : done(platformErrors.malformed_body());
  });
}

function isAllowed({ depth, values, nameLength }: JsonMeasure): boolean {
  return depth <= MAX_DEPTH && values <= MAX_VALUES && nameLength <= MAX_NAME_LENGTH;
}

/** Bodies above the common limit are parsed outside of the event loop. */
async function parseLarge(parser: LargeJsonParser, json: string, done: ParserCallback): Promise<void> {
  try {
    const parsed = await parser.parse(json, isAllowed);
    if (parsed) done(null, parsed.value);
    else done(platformErrors.malformed_body());
  } catch (error) {
    done(error as Error);
  }
}

/**
 * Removes the content type of an empty body: HTTP clients send one with every POST, and there is nothing to read. Of a chunked
 * body only its first bytes show whether it is empty.
 */
function ignoreTypeOfEmptyBodies(fastify: FastifyInstance): void {
  const removeBodyHeaders = ({ raw: { headers } }: FastifyRequest): void => {
    delete headers['content-type'];
    delete headers['transfer-encoding'];
  };
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (encoding === undefined && Number(length) === 0) removeBodyHeaders(request);
    done();
  });
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    if (request.headers['transfer-encoding'] === undefined) return done(null, payload);
    const proceed = AsyncResource.bind((chunk: Buffer | null) => {
      if (chunk) payload.unshift(chunk);
      else removeBodyHeaders(request);
      done(null, payload);
    });
    onFirstChunk(payload, proceed, done);
  });
}

/** Calls back with the first chunk of the stream, or with null when the stream has none. */
function onFirstChunk(
  stream: Readable,
  callback: (chunk: Buffer | null) => void,
  onError: (error: Error) => void,
): void {
  const stopListening = (): unknown =>
    stream.off('readable', onReadable).off('end', onEnd).off('error', onFailure);
  const onReadable = (): void => {
    const chunk = stream.read() as Buffer | null;
    if (chunk === null) return;
    stopListening();
    callback(chunk);
  };
  const onEnd = (): void => {
    stopListening();
    callback(null);
  };
  const onFailure = (error: Error): void => {
    stopListening();
    onError(Object.assign(error, { statusCode: 400 }));
  };
  stream.on('readable', onReadable).once('end', onEnd).once('error', onFailure);
}

/** Registers a parser for one content type. Refuses other charsets than UTF-8, and invalid UTF-8. */
function addTextParser(
  fastify: FastifyInstance,
  { type, bodyLimit }: { type: string; bodyLimit: number },
  parse: ParseText,
): void {
  fastify.addContentTypeParser(
    type,
    { parseAs: 'buffer', bodyLimit },
    (request, bytes, done: ParserCallback) => {
      if (bytes.length === 0) return done(null, undefined);
      if (!isPlainUtf8(request)) return done(platformErrors.unsupported_media_type());
      const text = decodeUtf8(bytes as Buffer);
      if (text === null) done(platformErrors.malformed_body());
      else parse(request, text, done);
    },
  );
}

function isPlainUtf8({ headers }: FastifyRequest): boolean {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  if (encoding.trim().toLowerCase() !== 'identity') return false;
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type)?.[1];
  return charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset);
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Returns null for more fields, or longer names, than any form of this API has. A repeated field becomes a list, which no form
 * field accepts. So the validation refuses it, instead of ignoring a value.
 */
function parseForm(text: string): object | null {
  if (text.split('&', MAX_FORM_FIELDS + 1).length > MAX_FORM_FIELDS) return null;
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (name.length > MAX_NAME_LENGTH) return null;
    const previous = fields.get(name);
    if (Array.isArray(previous)) previous.push(value);
    else fields.set(name, previous === undefined ? value : [previous, value]);
  }
  return Object.fromEntries(fields);
}
