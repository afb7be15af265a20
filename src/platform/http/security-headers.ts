import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** Responses of the API load nothing. Pages of the documentation set their own policy. */
const API_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** Returns the headers of helmet. They are the same for all responses, so helmet runs once. */
export function securityHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  const collector = {
    setHeader: (name: string, value: string) => (headers[name] = value),
    removeHeader: () => undefined,
  };
  const protect = helmet({ contentSecurityPolicy: { useDefaults: false, directives: API_POLICY } });
  protect({} as IncomingMessage, collector as unknown as ServerResponse, (error?: unknown) => {
    if (error) throw error;
  });
  return headers;
}
