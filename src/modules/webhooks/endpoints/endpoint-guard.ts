import type { Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '@/platform/config/index.js';
import { isLoopback } from '@/platform/kernel/network.js';
import { findUrlError, hostOf, portOf } from './endpoint-url.rules.js';
import { HostResolver } from './host-resolver.js';
import { isPublicAddress } from './public-address.rules.js';

/** The server does not connect to the address of a webhook. */
export class EndpointRefused extends Error {}

/**
 * Decides which addresses the server connects to for a webhook: public ones, and others only with WEBHOOKS_ALLOW_PRIVATE; never
 * its own listener. A name is judged by all its addresses.
 */
@Injectable()
export class EndpointGuard {
  constructor(
    private readonly resolver: HostResolver,
    private readonly config: Config,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Returns what is wrong with a URL before its name is resolved, or null. */
  findUrlError(text: string): string | null {
    return findUrlError(text, this.config);
  }

  /**
   * Resolves the host of a URL. Returns the addresses to connect to; none if the name is unknown. Throws {@link EndpointRefused}
   * when one of them is not allowed.
   */
  async resolve(url: URL, signal: AbortSignal): Promise<string[]> {
    if (this.findUrlError(url.href) !== null || this.isPublicUrl(url)) throw new EndpointRefused();
    const addresses = await this.resolver.resolve(hostOf(url), signal);
    const isAllowed = addresses.every((address) => this.isAllowed(address, portOf(url)));
    if (!isAllowed) throw new EndpointRefused();
    return addresses;
  }

  private isAllowed(address: string, port: number): boolean {
    if (port === this.ownPort && isOwnAddress(address)) return false;
    return this.config.webhooks.allowPrivate || isPublicAddress(address);
  }

  /** Returns whether the URL has the address at which clients reach this server. */
  private isPublicUrl(url: URL): boolean {
    const own = new URL(this.config.baseUrl);
    return hostOf(url).replace(/\.$/, '') === hostOf(own) && portOf(url) === portOf(own);
  }

  /** The port that this process listens on; undefined while it does not. */
  private get ownPort(): number | undefined {
    const address = (this.adapterHost.httpAdapter.getHttpServer() as Server).address();
    return typeof address === 'object' && address ? address.port : undefined;
  }
}

/** Returns whether a connection to the address stays on this host. Each mapped address counts as one that does. */
function isOwnAddress(address: string): boolean {
  if (isLoopback(address) || ['0.0.0.0', '::'].includes(address) || address.startsWith('::ffff:'))
    return true;
  const own = Object.values(networkInterfaces()).flatMap((list = []) => list.map((entry) => entry.address));
  return own.includes(address);
}
