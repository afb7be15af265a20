import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { toWav } from '@/modules/live/speech/audio/pcm.js';
import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import { TestApp } from '@test/support/app/test-app.js';
import { findChromium, findFreePort, startChromium } from '@test/support/live/browser.js';
import { FakeSpeechServer } from '@test/support/live/fake-speech-server.js';
import { silence, tone } from '@test/support/live/tones.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

const ANSWER = 'I am well, thank you. How are you on this fine day?';
const FILES = [
  'style.css',
  'demo.js',
  'api.js',
  'socket.js',
  'audio.js',
  'audio-worklet.js',
  'transcript.js',
];
/** What the test needs of an element of the page. */
interface NamedControl {
  labels?: readonly { textContent: string }[];
  textContent: string;
  outerHTML: string;
}

const CHROMIUM = findChromium();
if (!CHROMIUM)
  process.stderr.write('The tests of the live demo in a browser are skipped: Chromium is not installed.\n');

describe('the live demo', () => {
  let speech: FakeSpeechServer;
  let ai: AiApp;
  let user: UserWithId;
  let port: number;

  beforeAll(async () => {
    speech = await FakeSpeechServer.start();
    port = await findFreePort();
    const env = { ...speech.environment('cascade'), PUBLIC_URL: `http://127.0.0.1:${port}` };
    ai = await givenAiApp(['model'], { env });
    user = await givenUserWithId(ai.app);
    await ai.app.nest.listen(port, '127.0.0.1');
  });
  afterAll(async () => {
    await ai.stop();
    await speech.stop();
  });

  it.each(['', ...FILES.map((file) => `/${file}`)])('is served with a strict policy: %s', async (file) => {
    const { status, headers, text } = await ai.app.get(`/docs/live-demo${file}`);
    expect(status).toBe(200);
    const policy = headers['content-security-policy'];
    expect(policy).toContain(`default-src 'none'; script-src 'self'; style-src 'self';`);
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${port};`);
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/https?:\/\/|style="|<script>|innerHTML|\bon[a-z]+="/);
  });

  it.each(['/', '/..%2fdemo.js', '/package.json', '/toString'])('has no other file: %s', async (file) => {
    const { status } = await ai.app.get(`/docs/live-demo${file}`);
    expect(status).toBe(file === '/' ? 200 : 404);
  });

  it('does not exist in production', async () => {
    const production = await TestApp.start({
      siblingOf: ai.app,
      env: {
        NODE_ENV: 'production',
        PUBLIC_URL: 'https://xentree.example.com',
        MAIL: 'off',
        RATE_LIMITS: 'on',
        PASSWORD_BCRYPT_COST: '10',
      },
    });
    for (const file of ['', ...FILES.map((name) => `/${name}`)])
      expect((await production.get(`/docs/live-demo${file}`)).status).toBe(404);
    await production.stop();
  });

  (CHROMIUM ? describe : describe.skip)('in a browser', () => {
    let browser: Browser;
    let page: Page;
    const folder = mkdtempSync(join(tmpdir(), 'live-demo-'));
    const problems: string[] = [];

    beforeAll(async () => {
      const wav = join(folder, 'voice.wav');
      writeFileSync(wav, toWav(Buffer.concat([silence(400), tone(700), silence(6_000)])));
      browser = await startChromium(CHROMIUM ?? '', wav);
      page = await browser.newPage();
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(`http://127.0.0.1:${port}/`) && !request.url().startsWith('data:'))
          problems.push(`external: ${request.url()}`);
      });
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const script = (text: string): unknown =>
      (ai.fakeProviders.model as FakeProvider).script({ text: text.match(/\S+\s*/gu) ?? [] });
    const log = (): ReturnType<Page['locator']> => page.getByRole('log');

    it('says what is wrong with an access token', async () => {
      await page.goto(`http://127.0.0.1:${port}/docs/live-demo`);
      await page.getByLabel('Or an access token').fill('wrong');
      await page.getByRole('button', { name: 'Use the token' }).click();
      await page.getByRole('alert').getByText('token_invalid').waitFor();
      expect(problems.splice(0).join()).toContain('401');
    });

    it('signs in, starts a session, and answers a text', async () => {
      script(ANSWER);
      await page.getByLabel('Or an access token').fill(user.accessToken);
      await page.getByRole('button', { name: 'Use the token' }).click();
      await page.getByText('Plan free. 1800 seconds are left').waitFor();
      await page.getByRole('button', { name: 'Start the session' }).click();
      await page.getByText('You are talking to an AI.').waitFor();
      await page.getByLabel('Your text').fill('How are <b>you</b>?');
      await page.keyboard.press('Enter');
      await log().getByText(`AI: ${ANSWER}`).waitFor();
      await log().getByText('You: How are <b>you</b>?').waitFor();
      await page.locator('#played', { hasNotText: '0.0 s' }).waitFor();
      await page.getByText('idle', { exact: true }).waitFor();
      expect(problems).toEqual([]);
    });

    it('hears the microphone and speaks', async () => {
      script('It is sunny.');
      speech.transcripts.push('What is the weather?');
      const button = page.getByRole('button', { name: 'Microphone' });
      await button.click();
      await log().getByText('You: What is the weather?').waitFor();
      await log().getByText('AI: It is sunny.').waitFor();
      expect(await button.getAttribute('aria-pressed')).toBe('true');
      await button.click();
      expect(await button.getAttribute('aria-pressed')).toBe('false');
      if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT, fullPage: true });
      expect(problems).toEqual([]);
    });

    it('has a name for every control, and works with the keyboard', async () => {
      const unnamed = await page
        .locator('input, select, textarea, button')
        .evaluateAll((elements) =>
          (elements as unknown as NamedControl[])
            .filter(({ labels, textContent }) => !(labels?.[0]?.textContent ?? textContent).trim())
            .map(({ outerHTML }) => outerHTML),
        );
      expect(unnamed).toEqual([]);
      await page.getByLabel('Your text').focus();
      for (const name of ['Send', 'Microphone', 'Interrupt', 'End the session']) {
        await page.keyboard.press('Tab');
        const focused = page.getByRole('button', { name, exact: true });
        expect(await focused.evaluate((element) => element.matches(':focus-visible'))).toBe(true);
      }
    });

    it('ends the session', async () => {
      await page.getByRole('button', { name: 'End the session' }).click();
      await page.getByRole('alert').getByText('The session has ended.').waitFor();
      expect(await page.getByRole('button', { name: 'Start the session' }).isVisible()).toBe(true);
      expect(problems).toEqual([]);
    });
  });
});
