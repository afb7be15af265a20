import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';

const QUERY_TIMEOUT_MS = 3_000;
const QUERY_TRIES = 2;

/**
 * Resolves names of hosts. Names are asked from the name servers directly: the resolver of the operating system would occupy a
 * thread for each slow name, and members of organizations choose the names. If private addresses are allowed, the operating
 * system is asked for other names, such as those of `/etc/hosts`.
 */
@Injectable()
export class HostResolver {
  constructor(private readonly config: Config) {}

  /** Returns all addresses of a host, none if it has no name server entry. An address is its own. */
  async resolve(host: string, signal: AbortSignal): Promise<string[]> {
    if (isIP(host) !== 0) return [host];
    if (/^(.+\.)?localhost\.?$/.test(host)) return ['127.0.0.1', '::1'];
    const addresses = await this.query(host, signal);
    signal.throwIfAborted();
    if (addresses.length > 0 || !this.config.webhooks.allowPrivate) return addresses;
    const found = await lookup(host, { all: true }).catch(() => []);
    return found.map(({ address }) => address);
  }

  private async query(host: string, signal: AbortSignal): Promise<string[]> {
    const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}
