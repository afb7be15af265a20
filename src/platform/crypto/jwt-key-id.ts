import { JwtService } from '@nestjs/jwt';

const jwt = new JwtService();

/** Returns the `kid` header of a JWT without verifying it; undefined for text that is not a JWT. */
export function parseKeyId(token: string): string | undefined {
  try {
    const kid = jwt.decode<{ header: { kid?: unknown } } | null>(token, { complete: true })?.header.kid;
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined; // jsonwebtoken throws on some malformed headers
  }
}
