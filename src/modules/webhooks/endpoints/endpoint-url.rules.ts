import { isIP } from 'node:net';
import { isLoopback } from '@/platform/kernel/network.js';

/** Returns the host of a URL without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Returns the port that a connection to the URL uses. */
export function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** Returns whether the URL names the host of the server by its name or by a loopback address. */
export function isLocalhost(url: URL): boolean {
  const host = hostOf(url);
  return isIP(host) === 0 ? /^(.+\.)?localhost\.?$/.test(host) : isLoopback(host);
}

/** Returns what is wrong with the URL of a webhook, or null. `http` is allowed for localhost outside of production. */
export function findUrlError(text: string, { production }: { production: boolean }): string | null {
  if (/[\s\p{C}]/u.test(text) || !URL.canParse(text)) return 'must be an https URL';
  const url = new URL(text);
  const isAllowedHttp = url.protocol === 'http:' && !production && isLocalhost(url);
  if (url.protocol !== 'https:' && !isAllowedHttp)
    return 'must be an https URL; http is allowed for localhost outside of production';
  if (url.username !== '' || url.password !== '' || /^[^/?#]*\/\/[^/?#]*@/.test(text))
    return 'must not have a user name or password';
  if (url.hash !== '') return 'must not have a fragment (#)';
  return null;
}
