import { faultsOf, rewritten, type Run } from '../support/guides/check.js';
import { differences, outputDifferences } from '../support/guides/compare.js';
import { Page } from '../support/guides/page.js';

/** A run of one block in which the server sent these responses. */
function runOf(responses: { status: number; body: unknown }[], out = ''): Run {
  const sent = responses.map(({ status, body }) => {
    return { method: 'GET', url: '/x', status, headers: { 'retry-after': '7' }, body: JSON.stringify(body) };
  });
  return { result: { status: 0, out, err: '' }, responses: sent };
}

function exampleOf(...lines: string[]): ReturnType<Page['examples']>[number] {
  const [example] = new Page('page.md', lines.join('\n')).examples();
  if (!example) throw new Error('There is no sh block');
  return example;
}

const REQUEST = ['```sh', 'curl -s $BASE/x', '```', 'Text.'];

describe('the comparison of guides and responses', () => {
  it('compares messages and enums literally', () => {
    expect(differences({ code: 'note_not_found' }, { code: 'not_found' })).toHaveLength(1);
    expect(differences({ limit: 10 }, { limit: 11 })).toHaveLength(1);
    expect(differences({ code: 'two_factor_required' }, { code: 'two_factor_setup_required' })).toHaveLength(
      1,
    );
  });

  it.each([
    ['ids', '01a20224-34b2-72ad-95b1-33dc86aceb8a', '01a21bb1-856c-75a0-a2a1-6d42453b92e5'],
    ['times', '2026-11-22T07:24:16.946Z', '2027-01-02T03:04:05.678Z'],
    ['shortened tokens', 'eyJhbGci…', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
    [
      'shortened sealed values',
      'ATb8wiZ3HPFd…',
      'ATb8wibUv82Lb56LO30EpfS4s8S3ZWTmFd4KfQu0YvfZqubRiq4iSsmkJbgR7mYpHR5H8MKwMs0OUw-olc_WecgNobs',
    ],
    ['shortened refresh tokens', 'xr_AW5rx…', 'xr_ATb8wQx4T2mN8vKq1LzR0pYs'],
    ['codes within a text', 'Your code is 123456.', 'Your code is 654321.'],
  ])('compares %s by kind', (_, shown, real) => {
    expect(differences({ value: shown }, { value: real })).toEqual([]);
    expect(differences({ value: shown }, { value: 'something else' })).toHaveLength(1);
    expect(differences({ value: shown }, { value: null })).toHaveLength(1);
  });

  it('finds fields and elements that are missing or new', () => {
    expect(differences({ a: 1 }, { a: 1, b: 2 })).toEqual(['$.b: is missing on the page']);
    expect(differences({ a: 1, b: 2 }, { a: 1 })).toEqual(['$.b: is not in the response']);
    expect(differences([1], [1, 2])).toHaveLength(1);
    expect(differences([1, '…'], [1, 2, 3])).toEqual([]);
    expect(differences([1, 2, '…'], [1])).toHaveLength(1);
  });

  it('compares output line by line, and leaves out what the page leaves out', () => {
    const stream = 'id: 1\nevent: start\ndata: {"a":1}\n\nid: 2\nevent: done\ndata: {"b":2}\n\n';
    expect(outputDifferences('id: 1\nevent: start\ndata: {"a":1}\n…\nevent: done\n…', stream)).toEqual([]);
    expect(outputDifferences('id: 1\nevent: start\ndata: {"a":2}\n…', stream)).toHaveLength(1);
    expect(outputDifferences('id: 1\nevent: start', stream)).toHaveLength(1);
  });
});

describe('an example of a guide', () => {
  it('may only be answered with an error that it shows', () => {
    const refused = runOf([{ status: 404, body: { detail: 'x', code: 'not_found', request_id: 'a' } }]);
    expect(faultsOf(exampleOf(...REQUEST), refused)).toHaveLength(1);
    const json = ['```json', '{ "detail": "x", "code": "not_found", "request_id": "a" }', '```'];
    expect(faultsOf(exampleOf(...REQUEST, ...json), refused)).toEqual([]);
    const printed = exampleOf('```sh', 'curl -w ... $BASE/x', '```', '', '```text', '404', '```');
    expect(faultsOf(printed, { ...refused, result: { status: 0, out: '404\n', err: '' } })).toEqual([]);
  });

  it('has to reach the server, and to end well', () => {
    expect(faultsOf(exampleOf(...REQUEST), runOf([]))).toEqual(['curl reached no server']);
    const run = runOf([{ status: 200, body: {} }]);
    const failed = { ...run, result: { status: 1, out: '', err: 'no such variable' } };
    expect(faultsOf(exampleOf(...REQUEST), failed)).toEqual(['exit code 1: no such variable']);
  });

  it('shows the last response, or the part of it that the block prints', () => {
    const run = runOf([
      { status: 200, body: { first: 1 } },
      { status: 200, body: { second: 2 } },
    ]);
    const example = exampleOf(...REQUEST, '```json', '{ "second": 2 }', '```');
    expect(faultsOf(example, run)).toEqual([]);
    expect(faultsOf(example, runOf([{ status: 200, body: [{ second: 2 }] }], '{"second":2}'))).toEqual([]);
  });

  it('shows status line and headers', () => {
    const example = exampleOf(
      ...REQUEST,
      '```http',
      'HTTP/1.1 429 Too Many Requests',
      'retry-after: 896',
      '```',
    );
    expect(faultsOf(example, runOf([{ status: 429, body: {} }]))).toEqual([]);
    expect(faultsOf(example, runOf([{ status: 200, body: {} }]))).toEqual(['the status was 200']);
  });

  it('is rewritten with shortened secrets, and keeps what it leaves out', () => {
    const example = exampleOf(...REQUEST, '```json', '{ "codes": ["A", "…"] }', '```');
    const body = { codes: ['B', 'C', 'D'], token: 'xr_ATb8wQx4T2mN8vKq1LzR0pYs' };
    const texts = [...rewritten(example, runOf([{ status: 200, body }])).values()];
    expect(texts).toEqual(['{"codes":["B","…"],"token":"xr_ATb8w…"}']);
  });
});
