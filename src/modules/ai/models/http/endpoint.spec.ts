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
    expect(parseEndpoint(baseUrl, { a: 'b' })).toEqual({ origin, basePath, headers: { a: 'b' } });
  });

  it('drops user info, so that it never becomes part of a request', () => {
    expect(JSON.stringify(parseEndpoint('https://user:secret@api.test/v1', {}))).not.toContain('secret');
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
      headers: { accept: 'application/json', authorization: 'Bearer key' },
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
    expect(buildGet(custom, '').headers).toEqual({ accept: 'application/x-ndjson' });
  });
});

describe('bearerHeader', () => {
  it('is empty without a key', () => {
    expect([bearerHeader(undefined), bearerHeader('')]).toEqual([{}, {}]);
    expect(bearerHeader('k')).toEqual({ authorization: 'Bearer k' });
  });
});
