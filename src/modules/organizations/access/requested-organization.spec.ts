import fc from 'fast-check';
import type { FastifyRequest } from 'fastify';
import type { AppError } from '@/platform/errors/index.js';
import { getRequestedOrganizationId, parseId } from './requested-organization.js';

const ID = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const OTHER_ID = '0190a1b2-c3d4-7e5f-8a9b-ffffffffffff';

type RequestParts = Parameters<typeof getRequestedOrganizationId>[0];

function request(parts: Partial<Record<keyof RequestParts, unknown>>): RequestParts {
  return { method: 'POST', params: {}, query: {}, body: undefined, ...parts } as Pick<
    FastifyRequest,
    'method' | 'params' | 'query' | 'body'
  >;
}

function tokenWith(payload: unknown): string {
  return `header.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.signature`;
}

function faultOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    const { status, code, detail } = error as AppError;
    return { status, code, detail };
  }
  throw new Error('Expected an error.');
}

describe('the path', () => {
  it('names the organization in lower case', () => {
    expect(getRequestedOrganizationId(request({ params: { org_id: ID.toUpperCase() } }), 'path')).toBe(ID);
  });

  it('is returned as it is when it is no id, so that the caller answers 404', () => {
    expect(getRequestedOrganizationId(request({ params: { org_id: "x' OR 1=1" } }), 'path')).toBe(
      "x' or 1=1",
    );
    expect(getRequestedOrganizationId(request({}), 'path')).toBe('');
  });
});

describe('primary', () => {
  it('ignores everything that the request names', () => {
    const parts = {
      params: { org_id: ID },
      body: { organization_id: ID, tenantId: ID },
      query: { tenantId: ID },
    };
    expect(getRequestedOrganizationId(request(parts), 'primary')).toBeUndefined();
  });
});

describe('the query', () => {
  it.each(['organization_id', 'org_id'])('names the organization as %s, in lower case', (name) => {
    const parts = request({ query: { [name]: ID.toUpperCase() } });
    expect(getRequestedOrganizationId(parts, 'query')).toBe(ID);
  });

  it('may name none', () => {
    expect(getRequestedOrganizationId(request({ query: {} }), 'query')).toBeUndefined();
    expect(getRequestedOrganizationId(request({}), 'query')).toBeUndefined();
  });

  it.each([[''], ['x'], [[ID, ID]], [{ id: ID }], [`${ID} `]])('rejects %j with 400', (org_id) => {
    const run = (): unknown => getRequestedOrganizationId(request({ query: { org_id } }), 'query');
    expect(JSON.stringify(faultOf(run))).toContain('org_id');
  });
});

describe('the body', () => {
  it('names the organization in lower case', () => {
    const parts = request({ body: { organization_id: ID.toUpperCase() } });
    expect(getRequestedOrganizationId(parts, 'body')).toBe(ID);
  });

  it.each([[undefined], [null], [{}], [{ organizationId: ID }]])(
    'must have an organization_id: %j',
    (body) => {
      expect(faultOf(() => getRequestedOrganizationId(request({ body }), 'body'))).toEqual(
        faultOf(() => getRequestedOrganizationId(request({ body: {} }), 'body')),
      );
    },
  );

  it.each([[null], [42], [[ID]], [{ id: ID }], [true], [''], ['x'], [`${ID} `], [`{${ID}}`], [ID.slice(1)]])(
    'rejects %j with 400',
    (organization_id) => {
      const run = (): unknown => getRequestedOrganizationId(request({ body: { organization_id } }), 'body');
      expect(run).toThrow();
      expect(faultOf(run)).toMatchObject({ status: 400, code: 'validation_failed' });
    },
  );
});

describe('the tenant', () => {
  it('is read from the query of a GET request and from the body of all others', () => {
    const parts = { query: { tenantId: ID }, body: { tenantId: OTHER_ID } };
    expect(getRequestedOrganizationId(request({ ...parts, method: 'GET' }), 'tenant')).toBe(ID);
    for (const method of ['POST', 'DELETE', 'PUT'])
      expect(getRequestedOrganizationId(request({ ...parts, method }), 'tenant')).toBe(OTHER_ID);
  });

  it('prefers tenantId to the token', () => {
    const body = { tenantId: ID, integrationToken: tokenWith({ tid: OTHER_ID }) };
    expect(getRequestedOrganizationId(request({ body }), 'tenant')).toBe(ID);
  });

  it('falls back to the tid claim of the token', () => {
    const body = { integrationToken: tokenWith({ tid: ID }) };
    expect(getRequestedOrganizationId(request({ body }), 'tenant')).toBe(ID);
  });

  it.each([
    ['no token', undefined],
    ['an object', { tid: ID }],
    ['a list', [tokenWith({ tid: ID })]],
    ['an empty string', ''],
    ['a string without dots', 'abc'],
    ['only dots', '...'],
    ['a payload that is not JSON', `a.${Buffer.from('{').toString('base64url')}.b`],
    ['the payload null', tokenWith(null)],
    ['a tid that is a number', tokenWith({ tid: 42 })],
    ['a tid that is an object', tokenWith({ tid: { $ne: null } })],
    ['no tid', tokenWith({ sub: ID })],
    ['a payload of invalid UTF-8', `a.${Buffer.from([0xff, 0xfe]).toString('base64url')}.b`],
  ])('is open for %s', (_, integrationToken) => {
    expect(getRequestedOrganizationId(request({ body: { integrationToken } }), 'tenant')).toBeUndefined();
  });

  it.each([[null], [0], [''], ['acme'], [['x']]])('rejects the tenantId %j with 400', (tenantId) => {
    expect(() => getRequestedOrganizationId(request({ body: { tenantId } }), 'tenant')).toThrow();
  });

  it('never throws for any token', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => tokenWith(json)),
        ),
        (integrationToken) => {
          const found = getRequestedOrganizationId(request({ body: { integrationToken } }), 'tenant');
          expect(['string', 'undefined']).toContain(typeof found);
        },
      ),
    );
  });
});

describe('parseId', () => {
  it('accepts every UUID in any case and returns it in lower case', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.boolean(), (id, upper) => {
        expect(parseId('x', upper ? id.toUpperCase() : id)).toBe(id.toLowerCase());
      }),
    );
  });

  it('names the field', () => {
    expect(JSON.stringify(faultOf(() => parseId('tenantId', 'x')))).toContain('tenantId');
  });

  it('rejects a string with one wrong character', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(35), (id, index) => {
        const broken = `${id.slice(0, index)}g${id.slice(index + 1)}`;
        expect(() => parseId('x', broken)).toThrow();
      }),
    );
  });
});
