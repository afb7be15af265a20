import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { quickstart } from '@scripts/quickstart.mjs';
import { TestApp } from '../support/app/test-app.js';

const SCRIPT = join(__dirname, '../../scripts/quickstart.mjs');

/** Runs the script as a process of its own, with the address as its argument. */
function runScript(base: string): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [SCRIPT, base], { stdio: 'pipe' });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve({ status, out, err }));
  });
}

describe('the quickstart script', () => {
  const apps: TestApp[] = [];

  async function listening(env: Record<string, string> = {}): Promise<{ app: TestApp; base: string }> {
    const app = await TestApp.start({ env });
    apps.push(app);
    await app.nest.listen(0, '127.0.0.1');
    const { port } = app.nest.getHttpServer().address() as { port: number };
    return { app, base: `http://127.0.0.1:${port}` };
  }

  async function outputOf(base: string): Promise<string> {
    const lines: string[] = [];
    await quickstart(base, (text: string) => lines.push(text));
    return lines.join('\n');
  }

  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
  });

  it('runs through both APIs, prints no token, and deletes its accounts', async () => {
    const { app, base } = await listening();
    const text = await outputOf(base);
    expect(text).toMatch(/All 31 responses were as expected\.$/);
    expect(text).toContain('→ 403 {"detail":{"error":"two_factor_required"');
    expect(text).toContain('"two_factor_method":"email"');
    expect(text).toMatch(/^  grant_type=two_factor&temp_token=eyJ[^&]+…&code=\d{6}$/m);
    expect(text).toMatch(/^  username=quickstart-\w+&password=otters\+juggle\+nine\+lanterns$/m);
    expect(text).not.toMatch(/eyJ[\w-]{20}|xr_[\w-]{20}|[A-Z2-7]{32}|([A-Z2-7]{4}-){3}/);
    expect(await app.sql('SELECT id FROM users')).toEqual([]);
    expect(await app.sql('SELECT id FROM organizations')).toEqual([]);
  });

  it('skips e-mail codes where the server has no outbox', async () => {
    const { base } = await listening({ MAIL: 'off' });
    const text = await outputOf(base);
    expect(text).toContain('e-mail codes are skipped');
    expect(text).toMatch(/All \d+ responses were as expected\.$/);
  });

  it('can be repeated: it registers new names in each run', async () => {
    const { base } = await listening();
    await outputOf(`${base}/`);
    expect(await outputOf(base)).toMatch(/as expected\.$/);
  });

  it('exits with code 0, and with 1 at the first unexpected response', async () => {
    const open = await listening();
    expect(await runScript(open.base)).toMatchObject({ status: 0, err: '' });

    const closed = await listening({ REGISTRATION: 'closed' });
    const refused = await runScript(closed.base);
    expect(refused.status).toBe(1);
    expect(refused.err).toContain('POST /api/auth/register returned 403 instead of 201');
    expect(refused.out).toContain('registration_closed');
  });

  it('reports a server that cannot be reached', async () => {
    const { app, base } = await listening();
    await app.nest.close();
    expect(await runScript(base)).toMatchObject({ status: 1, err: expect.stringContaining('ECONNREFUSED') });
  });
});
