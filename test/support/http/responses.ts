import type { TestApp, TestResponse } from '../app/test-app.js';

/** Returns the response; throws if it has another status. */
export async function expectStatus(status: number, request: Promise<TestResponse>): Promise<TestResponse> {
  const response = await request;
  if (response.status !== status)
    throw new Error(`Expected ${status}, got ${response.status}: ${response.text}`);
  return response;
}

/** Returns the status and the error code of a response. */
export function statusAndCode({ status, body }: TestResponse): [number, string | undefined] {
  return [status, body?.code];
}

/** Returns the paths of the invalid fields of a `validation_failed`, in the form of either API. */
export function invalidPaths({ body }: TestResponse): string[] {
  const { detail } = body as {
    detail: { fields: { path: string }[] } | { loc: (string | number)[] }[];
  };
  return Array.isArray(detail)
    ? detail.map(({ loc }) => loc.slice(1).join('.'))
    : detail.fields.map(({ path }) => path);
}

/** Returns the URL of the next page, from the `Link` header. */
export function getNextUrl({ headers }: TestResponse): string | undefined {
  return /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
}

/** Requests all pages of a list; returns its rows and the number of pages. */
export async function listAllPages<Row>(
  app: TestApp,
  url: string,
  token: string,
): Promise<{ rows: Row[]; pages: number }> {
  const rows: Row[] = [];
  let pages = 0;
  for (let next: string | undefined = url; next !== undefined; pages += 1) {
    const response: TestResponse = await expectStatus(200, app.get(next, { token }));
    rows.push(...(response.body as Row[]));
    next = getNextUrl(response);
  }
  return { rows, pages };
}
