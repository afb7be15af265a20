import type { FastifyInstance } from 'fastify';
import { platformErrors } from '../errors/index.js';

const MAX_DEPTH = 32;
/** Bytes of a JSON or form body; uploads have their own limit. */
export const BODY_LIMIT = 1024 * 1024;

type Done = (error: Error | null, body?: unknown) => void;

/** JSON and form bodies. An empty body counts as none; nesting is bounded, because transformers recurse. */
export function registerBodyParsers(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    (request, text, done: Done) => {
      const json = String(text);
      if (json.trim() === '') return done(null, undefined);
      if (depthOf(json) > MAX_DEPTH) return done(platformErrors.malformed_body());
      return parseJson(request, json, done);
    },
  );
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    (_request, text, done: Done) => done(null, Object.fromEntries(new URLSearchParams(String(text)))),
  );
}

/** The deepest nesting of brackets outside of strings. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return deepest;
}
