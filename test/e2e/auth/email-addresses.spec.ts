import { TestApp } from '@test/support/app/test-app.js';
import { givenOwner, PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

const HOSTILE = [
  'x@example.com\u200b',
  '"x y"@example.com',
  'x@example.com\r\nBcc: y@example.com',
  '<x@example.com>',
  'x\u202e@example.com',
];

describe('an e-mail address', () => {
  let app: TestApp;
  let token: string;
  let membersUrl: string;

  beforeAll(async () => {
    app = await TestApp.start();
    const owner = await givenOwner(app);
    token = owner.accessToken;
    membersUrl = `/api/organizations/${owner.organizationId}/members`;
  });
  afterAll(() => app.stop());

  const requests = (email: string): [string, string, object][] => [
    ['POST', '/api/auth/register', { username: 'newcomer', email, password: PASSWORD }],
    ['POST', '/api/v1/auth/register', { email, password: PASSWORD, company_name: 'X' }],
    ['POST', '/api/v1/auth/forgot-password', { email }],
    ['POST', '/api/v1/auth/resend-verification', { email }],
    ['POST', '/api/auth/email', { email, password: PASSWORD }],
    ['POST', '/api/v1/users', { email }],
    ['POST', '/api/v1/invitations', { email }],
    ['POST', membersUrl, { email }],
    ['PATCH', '/api/v1/organization', { billing_email: email }],
  ];

  it.each(HOSTILE)('%j is refused in every field of a request', async (address) => {
    for (const [method, url, body] of requests(address)) {
      const refused = await expectStatus(400, app.call(method, url, { body, token }));
      expect([url, refused.body.code]).toEqual([url, 'validation_failed']);
    }
  });

  it('is trimmed and in lower case', async () => {
    const email = '  New.Comer@Example.COM ';
    const body = { username: 'new-comer', email, password: PASSWORD };
    expect((await expectStatus(201, app.post('/api/auth/register', body))).body.email).toBe(
      'new.comer@example.com',
    );
  });
});
