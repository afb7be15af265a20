// The options of curl that the guides use, for machines without curl 7.82. See guides.spec.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

const flag = (short) => ({ type: 'boolean', short });
const texts = (short) => ({ type: 'string', multiple: true, short });
const oneText = (short) => ({ type: 'string', short });

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    silent: flag('s'),
    'show-error': flag('S'),
    'no-buffer': flag('N'),
    include: flag('i'),
    get: flag('G'),
    header: { ...texts('H'), default: [] },
    data: { ...texts('d'), default: [] },
    'data-urlencode': { type: 'string', multiple: true, default: [] },
    form: { ...texts('F'), default: [] },
    json: { type: 'string' },
    request: oneText('X'),
    output: oneText('o'),
    'write-out': oneText('w'),
  },
});

const contentOf = (value) =>
  value.startsWith('@') ? readFileSync(value === '@-' ? 0 : value.slice(1), 'utf8') : value;

function urlEncoded(value) {
  const [, name, content] = /^([^=]*=)?(.*)$/s.exec(value);
  return `${name ?? ''}${encodeURIComponent(content)}`;
}

/** Returns a form with fields `name=value` and files `name=@path`. */
function toMultipart(fields) {
  const data = new FormData();
  for (const field of fields) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(field);
    if (value.startsWith('@'))
      data.append(name, new Blob([readFileSync(value.slice(1))]), basename(value.slice(1)));
    else data.append(name, value);
  }
  return new Response(data);
}

const multipart = values.form.length > 0 ? toMultipart(values.form) : undefined;
const form = [...values.data.map(contentOf), ...values['data-urlencode'].map(urlEncoded)].join('&');
const text = values.json === undefined ? form : contentOf(values.json);
const body = multipart ? Buffer.from(await multipart.arrayBuffer()) : text;
const url = new URL(positionals[0]);
if (values.get && form) url.search += `${url.search ? '&' : ''}${form}`;
const sends = body.length > 0 && !values.get;

const headers = { 'user-agent': 'curl/8.0.0', accept: '*/*' };
if (sends) headers['content-type'] = 'application/x-www-form-urlencoded';
if (values.json !== undefined) headers['content-type'] = headers.accept = 'application/json';
if (multipart) headers['content-type'] = multipart.headers.get('content-type');
for (const header of values.header) {
  const [, name, value] = /^([^:]+):\s*(.*)$/.exec(header);
  headers[name.toLowerCase()] = value;
}
if (sends) headers['content-length'] = Buffer.byteLength(body);

const method = values.request ?? (sends ? 'POST' : 'GET');
const client = request(url, { method, headers }, (response) => {
  const chunks = [];
  if (values.include) {
    const { rawHeaders, statusCode, statusMessage } = response;
    const lines = rawHeaders.map((part, index) => (index % 2 ? `: ${part}\r\n` : part)).join('');
    process.stdout.write(`HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines}\r\n`);
  }
  response.on('data', (chunk) => (values.output ? chunks.push(chunk) : process.stdout.write(chunk)));
  response.on('end', () => {
    if (values.output) writeFileSync(values.output, Buffer.concat(chunks));
    const code = String(response.statusCode);
    const after = (values['write-out'] ?? '').replaceAll('%{http_code}', code).replaceAll('\\n', '\n');
    process.stdout.write(after);
  });
});
client.on('error', (error) => {
  process.stderr.write(`curl: ${error.message}\n`);
  process.exitCode = 7;
});
client.end(sends ? body : undefined);
