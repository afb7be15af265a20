// Serves a GGUF file with `inference-server` over `node-llama-cpp`, on the CPU. Copied next to the packages, and run there.
//   node inference-server.mjs FILE PORT
import { InferenceServer, createExpressServer } from 'inference-server';

const [location, port] = process.argv.slice(2);
const model = {
  task: 'text-completion',
  engine: 'node-llama-cpp',
  location,
  contextSize: 2048,
  device: { gpu: false, cpuThreads: 1 },
};
const server = new InferenceServer({ cachePath: process.cwd(), models: { tiny: model } });
await server.start();
createExpressServer(server).listen(Number(port), '127.0.0.1');
