// The witnesses: real servers and gateways that speak the protocols of providers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../bench/servers.mjs';
import { startHeaderProxy } from './header-proxy.mjs';
import { copyScript, install, remove, startProgram } from './packages.mjs';
import { writeTinyModel } from './tiny-model.mjs';

export const QUESTION = 'Tell me about otters.';
export const BROKEN_QUESTION = 'Break off in the middle.';
/** `aimock` cuts text every 20 UTF-16 units: in the middle of the otter. */
export const ANSWER = 'Otters juggle well 🦦 and hold hands while they sleep.';

const fixtures = [
  { match: { userMessage: QUESTION, model: 'otter-1' }, response: { content: ANSWER } },
  {
    match: { userMessage: BROKEN_QUESTION, model: 'otter-1' },
    response: { content: ANSWER },
    latency: 20,
    truncateAfterChunks: 2,
  },
];

/** A mock that speaks four protocols and knows one question. Its `stop` also removes its packages. */
async function startAimock() {
  const folder = install({ '@copilotkit/aimock': '1.43.0' });
  const file = join(folder, 'fixtures.json');
  writeFileSync(file, JSON.stringify({ fixtures }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const script = join(folder, 'node_modules/@copilotkit/aimock/dist/cli.js');
  const stop = await startProgram(folder, {
    script,
    args: ['-p', String(port), '-f', file],
    readyUrl: `${url}/v1/models`,
  });
  return { url, stop: stopAndRemove(stop, folder) };
}

async function startInferenceServer() {
  const folder = install({
    'inference-server': '1.0.0-beta.32',
    'node-llama-cpp': '3.21.1',
    '@node-llama-cpp/linux-x64': '3.21.1',
    '@img/sharp-linux-x64': '0.33.5',
    '@img/sharp-libvips-linux-x64': '1.0.4',
  });
  const model = join(folder, 'tiny.gguf');
  writeTinyModel(model);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const script = copyScript('inference-server.mjs', folder);
  const stop = await startProgram(folder, { script, args: [model, String(port)], readyUrl: url });
  return { url, stop: stopAndRemove(stop, folder) };
}

async function startMockLlm() {
  const folder = install({ '@dwmkerr/mock-llm': '0.1.29' });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const script = join(folder, 'node_modules/@dwmkerr/mock-llm/dist/main.js');
  const env = { PORT: String(port), HOST: '127.0.0.1' };
  const stop = await startProgram(folder, { script, env, readyUrl: `${url}/v1/models` });
  return { url, stop: stopAndRemove(stop, folder) };
}

/** The gateway, which is told by headers where the provider is. `@hono/node-server` since 1.14.2 breaks its streams. */
async function startPortkey(nodeServer, { provider, host }) {
  const folder = install({ '@portkey-ai/gateway': '1.15.2' }, { '@hono/node-server': nodeServer });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const script = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  const stop = await startProgram(folder, { script, args: ['--headless', `--port=${port}`], readyUrl: url });
  const headers = { 'x-portkey-provider': provider, 'x-portkey-custom-host': host };
  const proxy = await startHeaderProxy(url, headers);
  return {
    url: proxy.url,
    stop: async () => {
      await proxy.stop();
      await stopAndRemove(stop, folder)();
    },
  };
}

function stopAndRemove(stop, folder) {
  return async () => {
    await stop();
    remove(folder);
  };
}

const AIMOCK = 'aimock 1.43.0';
const PORTKEY = 'Portkey gateway 1.15.2';
const aimock = { model: 'otter-1', answer: ANSWER, canBreak: true };

/** Starts all servers; returns the witnesses, each with the base URL of one protocol, and what stops the servers. */
export async function startWitnesses() {
  const mock = await startAimock();
  const behind = (provider) => ({ provider, host: `${mock.url}/v1` });
  const [local, mockLlm, broken, openai, anthropic] = await Promise.all([
    startInferenceServer(),
    startMockLlm(),
    startPortkey('1.19.19', behind('openai')),
    startPortkey('1.14.1', behind('openai')),
    startPortkey('1.14.1', behind('anthropic')),
  ]);
  const witnesses = [
    { name: `${AIMOCK}, OpenAI`, id: 'mock', protocol: 'openai', url: `${mock.url}/v1`, ...aimock },
    { name: `${AIMOCK}, Anthropic`, id: 'anthropic', protocol: 'anthropic', url: mock.url, ...aimock },
    { name: `${AIMOCK}, Google`, id: 'google', protocol: 'google', url: `${mock.url}/v1beta`, ...aimock },
    { name: `${AIMOCK}, Ollama`, id: 'ollama', protocol: 'ollama', url: mock.url, ...aimock },
    {
      name: 'mock-llm 0.1.29',
      id: 'mockllm',
      protocol: 'openai',
      url: `${mockLlm.url}/v1`,
      model: 'gpt-5.2',
      answer: QUESTION,
    },
    {
      name: 'inference-server 1.0.0-beta.32 over llama.cpp (node-llama-cpp 3.21.1)',
      id: 'local1',
      protocol: 'openai',
      url: `${local.url}/openai/v1`,
      model: 'tiny',
    },
    {
      name: `${PORTKEY} before OpenAI`,
      id: 'portkey',
      protocol: 'openai',
      url: `${openai.url}/v1`,
      ...aimock,
    },
    {
      name: `${PORTKEY} before Anthropic`,
      id: 'converter',
      protocol: 'openai',
      url: `${anthropic.url}/v1`,
      ...aimock,
    },
    {
      name: `${PORTKEY} as installed`,
      id: 'unpinned',
      protocol: 'openai',
      url: `${broken.url}/v1`,
      ...aimock,
    },
  ];
  const stop = async () => {
    for (const server of [mock, local, mockLlm, broken, openai, anthropic]) await server.stop();
  };
  return { witnesses, stop };
}
