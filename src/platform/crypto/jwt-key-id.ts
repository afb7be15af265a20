import jwt from 'jsonwebtoken';

/** Returns the `kid` header of a JWT without verifying it; undefined for text that is not a JWT. */
export function parseKeyId(token: string): string | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header.kid;
  } catch {
    return undefined; // jsonwebtoken throws on some malformed headers
  }
}
