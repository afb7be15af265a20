import { waitUntil } from '../app/server-process.js';
import type { TestApp } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';

/** Fields of the upload of a text. */
export interface TextDocument {
  title: string;
  text: string;
  [field: string]: unknown;
}

/** Uploads a text and waits until it is ready; returns its id. */
export async function givenReadyDocument(
  app: TestApp,
  token: string,
  document: TextDocument,
): Promise<string> {
  const { body } = await expectStatus(201, app.post('/api/rag/documents', document, { token }));
  await waitUntilReady(app, token, body.id as string);
  return body.id as string;
}

/** Waits until the latest version of a document is ready. */
export async function waitUntilReady(app: TestApp, token: string, id: string): Promise<void> {
  await waitUntil(async () => {
    const { body } = await expectStatus(200, app.get(`/api/rag/documents/${id}`, { token }));
    expect(body.status).not.toBe('failed');
    return body.status === 'ready';
  }, 30_000);
}
