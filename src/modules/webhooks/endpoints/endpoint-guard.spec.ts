import { networkInterfaces } from 'node:os';
import type { HttpAdapterHost } from '@nestjs/core';
import { parseConfig } from '@/platform/config/index.js';
import { EndpointGuard, EndpointRefused } from './endpoint-guard.js';
import { findUrlError } from './endpoint-url.rules.js';
import type { HostResolver } from './host-resolver.js';

const SIGNAL = new AbortController().signal;

describe('the guard of endpoints', () => {
  const addresses: Record<string, string[]> = {
    'public.example.com': ['8.8.8.8', '2600::1'],
    'mixed.example.com': ['8.8.8.8', '10.0.0.1'],
    'own.example.com': ['127.0.0.1'],
  };
  const resolver = {
    resolve: (host: string) => Promise.resolve(addresses[host] ?? [host]),
  } as unknown as HostResolver;
  const listening = {
    httpAdapter: { getHttpServer: () => ({ address: () => ({ port: 3000 }) }) },
  } as unknown as HttpAdapterHost;
  const guard = (env: Record<string, string> = {}): EndpointGuard =>
    new EndpointGuard(
      resolver,
      parseConfig({ NODE_ENV: 'test', PUBLIC_URL: 'https://api.example.com/xentree', ...env }),
      listening,
    );
  const resolve = (url: string, env?: Record<string, string>): Promise<string[]> =>
    guard(env).resolve(new URL(url), SIGNAL);
  const allowPrivate = { WEBHOOKS_ALLOW_PRIVATE: 'on' };

  it('returns the addresses of public names', async () => {
    expect(await resolve('https://public.example.com/hook')).toEqual(['8.8.8.8', '2600::1']);
  });

  it.each(['https://mixed.example.com/', 'https://10.0.0.1/', 'https://[::1]/', 'https://0x7f.1/'])(
    'refuses %s, unless private addresses are allowed',
    async (url) => {
      await expect(resolve(url)).rejects.toThrow(EndpointRefused);
      await expect(resolve(url, allowPrivate)).resolves.toBeDefined();
    },
  );

  const ownAddress = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry?.family === 'IPv4')?.address;

  it.each([
    'https://own.example.com:3000/',
    'http://127.0.0.1:3000/',
    'http://localhost:3000/',
    'http://127.8.8.8:3000/',
    'https://0.0.0.0:3000/',
    'https://[::1]:3000/',
    'https://[::ffff:127.0.0.1]:3000/',
    `https://${ownAddress}:3000/`,
    'https://api.example.com/',
    'https://API.example.com.:443/other',
  ])('refuses the own server at %s', async (url) => {
    addresses.localhost = ['127.0.0.1'];
    await expect(resolve(url, allowPrivate)).rejects.toThrow(EndpointRefused);
  });

  it('allows other ports of the own host if private addresses are allowed', async () => {
    await expect(resolve('http://127.0.0.1:3001/', allowPrivate)).resolves.toEqual(['127.0.0.1']);
  });
});

describe('the URL of a webhook', () => {
  it.each([
    ['https://hooks.example.com', false],
    ['https://hooks.example.com:8443/a?b=c', true],
    ['https://bücher.example/hook', true],
    ['http://localhost/hook', false],
    ['http://hooks.localhost:8080', false],
    ['http://127.0.0.1:8080', false],
    ['http://[::1]:8080', false],
  ])('may be %s (in production: %s)', (url, production) => {
    expect(findUrlError(url, { production })).toBeNull();
  });

  it.each([
    ['http://localhost/hook', true],
    ['http://127.0.0.1:8080', true],
    ['http://hooks.example.com', false],
    ['http://localhost.example.com', false],
    ['http://127.0.0.1.example.com', false],
    ['https://', true],
    ['https://@hooks.example.com', true],
    ['https://:@hooks.example.com', true],
    ['https://a:b@hooks.example.com', true],
    ['https://hooks.example.com\t', true],
    ['https://hooks.example.com/\u0000', true],
    ['javascript:alert(1)', true],
    ['file:///etc/passwd', false],
  ])('must not be %j (in production: %s)', (url, production) => {
    expect(findUrlError(url, { production })).not.toBeNull();
  });
});
