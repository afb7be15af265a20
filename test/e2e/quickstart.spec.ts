import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PROVIDER_VARIABLES } from '@/platform/config/ai-providers.js';
import { environmentSchema } from '@/platform/config/schema.js';
import { getErrorFactories } from '@/platform/errors/index.js';
import { quickstart } from '@scripts/quickstart.mjs';
import { TestApp } from '../support/app/test-app.js';

/** Runs the script as a person does: a Node process with the address as its argument. */
function runScript(base: string): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['scripts/quickstart.mjs', base], { stdio: 'pipe' });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve({ status, out, err }));
  });
}

describe('the quickstart of the guides', () => {
  const apps: TestApp[] = [];

  async function startListening(env: Record<string, string> = {}): Promise<{ app: TestApp; base: string }> {
    const app = await TestApp.start({ env });
    apps.push(app);
    await app.nest.listen(0, '127.0.0.1');
    const { port } = app.nest.getHttpServer().address() as { port: number };
    return { app, base: `http://127.0.0.1:${port}` };
  }

  async function runQuickstart(base: string): Promise<string> {
    const lines: string[] = [];
    await quickstart(base, (text: string) => lines.push(text));
    return lines.join('\n');
  }

  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
  });

  it('plays through on both faces, shows no token, and leaves no account behind', async () => {
    const { app, base } = await startListening();
    const text = await runQuickstart(base);
    expect(text).toMatch(/All 31 answers were as promised\.$/);
    expect(text).toContain('→ 403 {"detail":{"error":"two_factor_required"');
    expect(text).toContain('"two_factor_method":"email"');
    expect(text).not.toMatch(/eyJ[\w-]{20}|xr_[\w-]{20}|[A-Z2-7]{32}|([A-Z2-7]{4}-){3}/);
    expect(await app.sql('SELECT id FROM users')).toEqual([]);
    expect(await app.sql('SELECT id FROM organizations')).toEqual([]);
  });

  it('leaves mailed codes out where the server shows no outbox', async () => {
    const { base } = await startListening({ MAIL: 'off' });
    const text = await runQuickstart(base);
    expect(text).toContain('e-mail codes are left out');
    expect(text).toMatch(/All \d+ answers were as promised\.$/);
  });

  it('can be played again and again: the names it takes are new each time', async () => {
    const { base } = await startListening();
    await runQuickstart(`${base}/`);
    expect(await runQuickstart(base)).toMatch(/as promised\.$/);
  });

  it('ends with exit code 0, and with 1 at the first answer that is not the promised one', async () => {
    const open = await startListening();
    expect(await runScript(open.base)).toMatchObject({ status: 0, err: '' });

    const closed = await startListening({ REGISTRATION: 'closed' });
    const refused = await runScript(closed.base);
    expect(refused.status).toBe(1);
    expect(refused.err).toContain('POST /api/auth/register answered 403 instead of 201');
    expect(refused.out).toContain('registration_closed');
  });

  it('says so when nobody answers', async () => {
    const { app, base } = await startListening();
    await app.nest.close();
    expect(await runScript(base)).toMatchObject({ status: 1, err: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('the guides', () => {
  const read = (path: string): string => readFileSync(path, 'utf8');
  const variables = [...Object.keys(environmentSchema.shape), ...PROVIDER_VARIABLES].sort();

  it('name every error code with its status, and no other', () => {
    const rows = read('docs/errors-and-limits.md').matchAll(/^\| (\d{3})\s*\| `(\w+)`/gm);
    const documented = [...rows].map(([, status, code]) => `${code} ${status}`).sort();
    const known = [...getErrorFactories().values()].map(({ code, status }) => `${code} ${status}`).sort();
    expect(documented).toEqual(known);
  });

  it('name every variable of the environment', () => {
    const rows = read('docs/running.md').matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+)/gm);
    const documented = [...rows].flatMap(([, names = '']) => names.match(/[A-Z_]+/g) ?? []);
    expect(documented.sort()).toEqual(variables);
  });

  it('come with an example environment that has them all, and sample secrets nobody can run with', () => {
    const lines = [...read('.env.example').matchAll(/^# ([A-Z_]+)=(.*)$/gm)];
    const sample = Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
    expect(Object.keys(sample).sort()).toEqual(variables);
    const refused = environmentSchema
      .safeParse(sample)
      .error?.issues.map(({ path }) => path[0])
      .sort();
    const secrets = ['APP_SECRET', 'APP_SECRET_PREVIOUS', 'JWT_PREVIOUS_KEY', 'JWT_PRIVATE_KEY'];
    expect(refused).toEqual([...secrets, 'METRICS_TOKEN']);
  });
});
