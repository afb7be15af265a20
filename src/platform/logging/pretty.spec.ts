import { PassThrough } from 'node:stream';
import { createPrettyStream } from './pretty.js';

describe('the log in a terminal', () => {
  it('has one line for an entry', async () => {
    const output = new PassThrough();
    const stream = createPrettyStream(output);
    stream.write(
      `${JSON.stringify({ level: 'info', event: 'http.request', method: 'GET', route: '/api/auth/me', status: 200 })}\n`,
    );
    const text = String(await new Promise((resolve) => output.once('data', resolve)));
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(text).toContain('http.request {"method":"GET","route":"/api/auth/me","status":200}');
  });
});
