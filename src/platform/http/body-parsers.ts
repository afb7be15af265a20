import type { FastifyInstance, FastifyRequest } from 'fastify';
import { platformErrors } from '../errors/index.js';

const MAX_DEPTH = 32;
/** Maximum number of values in a JSON body: work for each value must not block the event loop for seconds. */
const MAX_VALUES = 50_000;
/** Maximum bytes of a JSON or form body. Uploads have their own limit. */
export const BODY_LIMIT = 1024 * 1024;

type ParserCallback = (error: Error | null, body?: unknown) => void;
type ParseText = (request: FastifyRequest, text: string, done: ParserCallback) => unknown;

/** Registers parsers of JSON and form bodies. An empty body counts as absent. Depth is limited because transformers recurse. */
export function registerBodyParsers(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  addTextParser(fastify, 'application/json', (request, json, done) => {
    if (json.trim() === '') return done(null, undefined);
    const { depth, values } = measureJson(json);
    if (depth > MAX_DEPTH || values > MAX_VALUES) return done(platformErrors.malformed_body());
    return parseJson(request, json, done);
  });
  addTextParser(fastify, 'application/x-www-form-urlencoded', (_request, text, done) =>
    done(null, parseForm(text)),
  );
}

/** Registers a parser for one content type. Refuses other charsets than UTF-8, and invalid UTF-8. */
function addTextParser(fastify: FastifyInstance, type: string, parse: ParseText): void {
  fastify.addContentTypeParser(
    type,
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    (request, bytes, done: ParserCallback) => {
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

/** A repeated field becomes a list, which no form field accepts. So the validation refuses it, instead of ignoring a value. */
function parseForm(text: string): object {
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const previous = fields.get(name);
    if (Array.isArray(previous)) previous.push(value);
    else fields.set(name, previous === undefined ? value : [previous, value]);
  }
  return Object.fromEntries(fields);
}

/** Returns the maximum depth of a JSON text and an upper bound for its number of values. Ignores the content of strings. */
export function measureJson(json: string): { depth: number; values: number } {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  let inString = false;
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x2c) values += 1;
    else if (code === 0x5b || code === 0x7b) {
      values += 1;
      deepest = Math.max(deepest, (depth += 1));
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return { depth: deepest, values };
}
