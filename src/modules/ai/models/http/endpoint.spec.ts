import { bearerHeader, buildGet, buildPost, parseEndpoint } from './endpoint.js';

describe('parseEndpoint', () => {
  it.each([
    ['https://api.test', 'https://api.test', ''],
    ['https://api.test/', 'https://api.test', ''],
    ['https://api.test/v1', 'https://api.test', '/v1'],
    ['https://api.test/v1///', 'https://api.test', '/v1'],
    ['http://127.0.0.1:11434/a/b/', 'http://127.0.0.1:11434', '/a/b'],
    ['http://[::1]:80/', 'http://[::1]', ''],
    ['https://api.test/v1?key=1#x', 'https://api.test', '/v1'],
  ])('splits %s', (baseUrl, origin, basePath) => {
    expect(parseEndpoint(baseUrl, { a: 'b' })).toMatchObject({ origin, basePath, headers: { a: 'b' } });
  });

  it('sends a user name and a password as basic authentication', () => {
    const { origin, address, headers } = parseEndpoint('https://us%40er:se%3Acret@api.test/v1', {});
    expect([origin, address]).toEqual(['https://api.test', 'https://api.test/v1']);
    expect(headers).toEqual({ authorization: `Basic ${Buffer.from('us@er:se:cret').toString('base64')}` });
  });

  it('keeps a query for every request, and out of the address', () => {
    const endpoint = parseEndpoint('https://api.test/v1?api-version=1&key=k', {});
    expect(endpoint.address).toBe('https://api.test/v1');
    expect(buildGet(endpoint, '/models').path).toBe('/v1/models?api-version=1&key=k');
    expect(buildPost(endpoint, '/chat?alt=sse', {}).path).toBe('/v1/chat?alt=sse&api-version=1&key=k');
  });

  it('throws for a base URL that is none', () => {
    expect(() => parseEndpoint('api.test', {})).toThrow();
  });
});

describe('calls of an endpoint', () => {
  const endpoint = parseEndpoint('https://api.test/v1/', { authorization: 'Bearer key' });

  it('have its base path and headers', () => {
    expect(buildGet(endpoint, '/models')).toEqual({
      method: 'GET',
      origin: 'https://api.test',
      path: '/v1/models',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': expect.stringMatching(/^xentree-server\/\d+\.\d+\.\d+$/),
        authorization: 'Bearer key',
      },
    });
  });

  it('carry a JSON body', () => {
    const call = buildPost(endpoint, '/chat', { message: 'é "👋"', absent: undefined });
    expect(call).toMatchObject({
      method: 'POST',
      path: '/v1/chat',
      headers: { 'content-type': 'application/json', accept: '*/*', authorization: 'Bearer key' },
    });
    expect(JSON.parse(call.body ?? '')).toEqual({ message: 'é "👋"' });
  });

  it('let configured headers replace the defaults', () => {
    const custom = { ...endpoint, headers: { accept: 'application/x-ndjson' } };
    expect(buildGet(custom, '').headers).toMatchObject({ accept: 'application/x-ndjson' });
  });
});

describe('bearerHeader', () => {
  it('is empty without a key', () => {
    expect([bearerHeader(undefined), bearerHeader('')]).toEqual([{}, {}]);
    expect(bearerHeader('k')).toEqual({ authorization: 'Bearer k' });
  });
});
