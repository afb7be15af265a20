import { SERVER_VERSION } from '@/platform/kernel/version.js';

/** Some firewalls refuse requests without this header. */
export const USER_AGENT = `xentree-server/${SERVER_VERSION}`;
