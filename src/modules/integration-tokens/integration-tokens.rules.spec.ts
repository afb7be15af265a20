import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { formatFingerprint, isOrigin, lifetimeSeconds, TTL } from './integration-tokens.rules.js';

describe('an origin', () => {
  it.each([
    'https://a.example',
    'https://a',
    'https://a-b.c_d.example',
    'https://xn--4ca.example',
    'https://a.example:8443',
    'https://a.example:80',
    'https://127.0.0.1',
    'https://[2001:db8::1]',
    'https://[2001:db8::1]:8443',
    'http://localhost',
    'http://localhost:5173',
    'https://localhost',
  ])('can be %s', (value) => {
    expect(isOrigin(value)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['the opaque origin', 'null'],
    ['a wildcard', '*'],
    ['a wildcard host', 'https://*.example.com'],
    ['a host without a scheme', 'a.example'],
    ['a scheme without a host', 'https://'],
    ['a scheme-relative URL', '//a.example'],
    ['plain http', 'http://a.example'],
    ['plain http on a loopback address', 'http://127.0.0.1:3000'],
    ['plain http on the IPv6 loopback address', 'http://[::1]:3000'],
    ['plain http on a host that begins with localhost', 'http://localhost.a.example'],
    ['plain http on a host that ends with localhost', 'http://a.localhost'],
    ['another scheme', 'ftp://a.example'],
    ['a WebSocket URL', 'wss://a.example'],
    ['a file', 'file:///etc/passwd'],
    ['a script', 'javascript:alert(1)'],
    ['a blob of an origin', 'blob:https://a.example/id'],
    ['a trailing slash', 'https://a.example/'],
    ['a path', 'https://a.example/embed'],
    ['a query', 'https://a.example?x'],
    ['a fragment', 'https://a.example#x'],
    ['an empty query', 'https://a.example?'],
    ['user information', 'https://u:p@a.example'],
    ['an empty user', 'https://@a.example'],
    ['the default port of https', 'https://a.example:443'],
    ['the default port of http', 'http://localhost:80'],
    ['an empty port', 'https://a.example:'],
    ['a port with a leading zero', 'https://a.example:08443'],
    ['a port out of range', 'https://a.example:65536'],
    ['an upper-case host', 'https://A.example'],
    ['an upper-case scheme', 'HTTPS://a.example'],
    ['a host that is not ASCII', 'https://ä.example'],
    ['an encoded host', 'https://%61.example'],
    ['a trailing dot', 'https://a.example.'],
    ['an empty label', 'https://a..example'],
    ['leading white space', ' https://a.example'],
    ['trailing white space', 'https://a.example '],
    ['a line feed', 'https://a.example\n'],
    ['a header injection', 'https://a.example\r\nSet-Cookie: a=b'],
    ['two origins with a space', 'https://a.example https://b.example'],
    ['two origins with a comma', 'https://a.example,https://b.example'],
    ['a comma', 'https://a.example,b.example'],
    ['a semicolon', 'https://a.example;b'],
    ['a quote', "https://a.example'"],
    ['an IPv4 address in short form', 'https://127.1'],
    ['an IPv4 address as a number', 'https://2130706433'],
    ['an IPv6 address in long form', 'https://[2001:db8:0:0:0:0:0:1]'],
    ['backslashes', 'https:\\\\a.example'],
  ])('is not %s', (_name, value) => {
    expect(isOrigin(value)).toBe(false);
  });

  it('is exactly what a browser sends, and safe inside an HTTP header', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl({ withQueryParameters: true }));
    fc.assert(
      fc.property(anyText, (text) => {
        for (const value of [text, `https://${text}`]) {
          if (!isOrigin(value)) continue;
          expect(new URL(value).origin).toBe(value);
          expect(value).toMatch(/^https?:\/\/[a-z0-9._:[\]-]+$/);
        }
      }),
    );
  });
});

describe('the lifetime of a token', () => {
  const lifetime = (issued: number, until: number): number =>
    lifetimeSeconds({ issued_at: new Date(issued), valid_until: new Date(until) });

  it('is the requested one, although the end was rounded down to a whole second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer(TTL), (issued, ttl) => {
        const until = Math.floor((issued + ttl * 1000) / 1000) * 1000;
        expect(lifetime(issued, until)).toBe(ttl);
      }),
    );
  });

  it('is rounded up to a whole second', () => {
    expect([lifetime(0, 30_000), lifetime(999, 30_000), lifetime(1, 30_000)]).toEqual([30, 30, 30]);
    expect(lifetime(0, 29_001)).toBe(30);
  });
});

describe('a fingerprint', () => {
  it('is the digest in pairs of upper-case hexadecimal digits', () => {
    expect(formatFingerprint(Buffer.from([0x00, 0x0a, 0xff]))).toBe('00:0A:FF');
    expect(formatFingerprint(Buffer.from([0xab]))).toBe('AB');
    expect(formatFingerprint(Buffer.alloc(0))).toBe('');
  });

  it('has 32 pairs for SHA-256, and identifies the digest', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        const digest = createHash('sha256').update(data).digest();
        const fingerprint = formatFingerprint(digest);
        expect(fingerprint).toMatch(/^([\dA-F]{2}:){31}[\dA-F]{2}$/);
        expect(Buffer.from(fingerprint.replaceAll(':', ''), 'hex')).toEqual(digest);
      }),
    );
  });
});
