import { TestApp, type TestResponse } from '../support/app/test-app.js';
import { givenOwner, givenUser, type TestOwner } from '../support/auth/given-users.js';
import {
  buildOpenApiDocument,
  type DocumentedRoute,
  listOperations,
  type OpenApiDocument,
} from '../support/http/openapi-document.js';

const UNKNOWN_ID = '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11';

type ExampleRequest = { type: string; example: Record<string, unknown> };

describe('the example of each request in the API reference', () => {
  let app: TestApp;
  let document: OpenApiDocument;

  beforeAll(async () => {
    app = await TestApp.start();
    document = buildOpenApiDocument(app);
    await givenUser(app); // operates the installation
  });
  afterAll(() => app.stop());

  const exampleOf = ({ operation }: DocumentedRoute): ExampleRequest | undefined => {
    const bodies = Object.entries(operation.requestBody?.content ?? {});
    // A form with a file cannot be sent from its example.
    const [type = '', media] = bodies.find(([name]) => name === 'application/json') ?? bodies[0] ?? [];
    return media && { type, example: media.example as Record<string, unknown> };
  };

  const sendExample = (
    { method, path, operation }: DocumentedRoute,
    { accessToken: token, organizationId }: TestOwner,
    { type, example }: ExampleRequest,
  ): Promise<TestResponse> => {
    const url = path.replace(/\{(\w+)\}/g, (_, name) => (name === 'org_id' ? organizationId : UNKNOWN_ID));
    const credentials = operation.security?.length ? { token } : {};
    return type.includes('form')
      ? app.call(method, url, { ...credentials, form: example as Record<string, string> })
      : app.call(method, url, { ...credentials, body: example });
  };

  it('gets a documented response, and passes validation', async () => {
    const routes = listOperations(document).filter(({ operation }) => operation.requestBody);
    expect(routes.length).toBeGreaterThan(40);
    for (const route of routes) {
      const request = exampleOf(route);
      expect([route.name, request?.example]).toEqual([route.name, expect.any(Object)]);
      if (!request) continue;
      const { status, body } = await sendExample(route, await givenOwner(app), request);
      const documented = route.operation.responses[String(status)];
      const examples = Object.keys(documented?.content?.['application/json']?.examples ?? {});
      const code = body?.code ?? body?.error?.code;
      const outcome = status < 300 ? 'success' : examples.includes(code) && code;
      expect([route.name, status, body, outcome]).toEqual([route.name, status, body, expect.any(String)]);
      expect([route.name, code]).not.toEqual([route.name, 'validation_failed']);
    }
  });

  it('of an operation whose body is optional is not needed', async () => {
    const routes = listOperations(document).filter(
      ({ operation: { requestBody } }) => requestBody && !requestBody.required,
    );
    expect(routes.map(({ name }) => name)).toEqual(expect.arrayContaining(['POST /api/auth/logout']));
    const refused: string[] = [];
    for (const { name, method, path } of routes) {
      const { accessToken: token, organizationId } = await givenOwner(app);
      const url = path.replace('{org_id}', organizationId).replace(/\{\w+\}/g, UNKNOWN_ID);
      const { status } = await app.call(method, url, { token });
      if (status === 400 || status === 415) refused.push(name);
    }
    expect(refused).toEqual([]);
  });

  it.each(['/api/auth/logout', '/api/v1/auth/logout'])(
    'POST %s ends the session of the bearer',
    async (path) => {
      const { accessToken: token } = await givenOwner(app);
      const route = listOperations(document).find(({ name }) => name === `POST ${path}`);
      expect(route?.operation.security).toEqual([{}, { bearer: [] }]);
      const example = route && exampleOf(route)?.example;
      expect(await app.call('POST', path, { token, body: example })).toMatchObject({ status: 200 });
      expect(await app.get('/api/auth/me', { token })).toMatchObject({ status: 401 });
    },
  );

  it('of the token form has a username and a password only', () => {
    const route = listOperations(document).find(({ name }) => name === 'POST /api/auth/token');
    expect(Object.keys((route && exampleOf(route)?.example) ?? {})).toEqual(['username', 'password']);
  });
});
