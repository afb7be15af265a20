import type { TestApp, TestResponse } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import type { UserWithId } from '../organizations/given-organizations.js';

export const DOCUMENTS_URL = '/api/rag/documents';
export const COLLECTIONS_URL = '/api/rag/collections';

export interface UploadInput {
  content?: string | Uint8Array<ArrayBuffer>;
  filename?: string;
  type?: string;
  /** Fields after the file. */
  fields?: Record<string, string>;
  /** Fields before the file. */
  fieldsBefore?: Record<string, string>;
}

/** A form with a file and fields. */
export function fileForm({
  content = 'The office is open from Monday to Friday.',
  filename = 'opening-hours.txt',
  type = 'text/plain',
  fields = {},
  fieldsBefore = {},
}: UploadInput = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fieldsBefore)) form.append(name, value);
  form.append('file', new Blob([content], { type }), filename);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

export type Credentials = Pick<UserWithId, 'accessToken'> | { key: string };

function credentialsOf(by: Credentials): { token?: string; headers: Record<string, string> } {
  return 'key' in by ? { headers: { 'x-api-key': by.key } } : { token: by.accessToken, headers: {} };
}

/** Uploads a document as a form. */
export function upload(
  app: TestApp,
  by: Credentials,
  input: UploadInput = {},
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const credentials = credentialsOf(by);
  const call = {
    ...credentials,
    headers: { ...credentials.headers, ...headers },
    multipart: fileForm(input),
  };
  return app.call('POST', DOCUMENTS_URL, call);
}

/** Calls a route of the knowledge base: `GET /api/rag/documents`. */
export function callRag(
  app: TestApp,
  by: Credentials,
  route: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const [method = '', url = ''] = route.split(' ');
  const credentials = credentialsOf(by);
  return app.call(method, url, { ...credentials, headers: { ...credentials.headers, ...headers }, body });
}

let count = 0;

/** Creates a document with a text of its own; returns its fields. */
export async function givenDocument(
  app: TestApp,
  by: Credentials,
  fields: Record<string, unknown> = {},
): Promise<Record<string, never> & { id: string }> {
  const text = `Text number ${(count += 1)}.`;
  const created = await expectStatus(201, callRag(app, by, `POST ${DOCUMENTS_URL}`, { text, ...fields }));
  return created.body as never;
}
