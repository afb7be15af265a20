import { proxyFor, toProxyOptions } from './proxies.js';

const PLAIN = 'http://plain.proxy:3128';
const SECURE = 'http://secure.proxy:3128';
const BOTH = { httpProxy: PLAIN, httpsProxy: SECURE };

describe('the proxy of an address', () => {
  it.each([
    ['https://api.example.com/v1', BOTH, SECURE],
    ['wss://api.example.com/v1', BOTH, SECURE],
    ['http://api.example.com', BOTH, PLAIN],
    ['ws://api.example.com', BOTH, PLAIN],
    ['wss://api.example.com', { httpProxy: PLAIN }, PLAIN],
    ['ws://api.example.com', { httpsProxy: SECURE }, undefined],
    ['wss://api.example.com', {}, undefined],
    ['ws://localhost:9000', BOTH, undefined],
    ['ws://127.0.0.1:9000', BOTH, undefined],
    ['ws://[::1]:9000', BOTH, undefined],
  ])('%s with %j is %s', (address, settings, proxy) => {
    expect(proxyFor(new URL(address), settings)).toBe(proxy);
  });

  it.each([
    ['*', undefined],
    ['other.test, *', undefined],
    ['example.com', undefined],
    ['.example.com', undefined],
    ['*.example.com', undefined],
    ['other.test API.EXAMPLE.COM', undefined],
    ['api.example.com:443', undefined],
    ['api.example.com:8443', SECURE],
    ['ample.com', SECURE],
    ['', SECURE],
  ])('is decided by NO_PROXY=%s', (noProxy, proxy) => {
    expect(proxyFor(new URL('wss://api.example.com'), { ...BOTH, noProxy })).toBe(proxy);
  });
});

describe('the options of the HTTP client', () => {
  it.each([
    [{}, null],
    [{ noProxy: 'a.test' }, null],
    [{ httpProxy: PLAIN, noProxy: ' *' }, null],
    [{ httpProxy: PLAIN }, { httpProxy: PLAIN, httpsProxy: '', noProxy: ',localhost,127.0.0.1,[::1]' }],
  ])('with %j are %j', (settings, options) => {
    expect(toProxyOptions(settings)).toEqual(options);
  });
});
