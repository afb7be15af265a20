import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** An API answer loads nothing; pages set their own policy. */
const API_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** What helmet would set on every answer. It is always the same here, so it is asked once. */
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
