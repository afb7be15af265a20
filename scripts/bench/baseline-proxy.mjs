// The baseline for language models: a proxy that forwards every byte to the provider and back.
import { Agent, createServer, request } from 'node:http';

const { PROVIDER_URL, PORT } = process.env;
const { hostname, port } = new URL(PROVIDER_URL);
const agent = new Agent({ keepAlive: true, maxSockets: 2048 });

createServer((incoming, outgoing) => {
  if (incoming.url === '/health/ready') return outgoing.end('ok');
  const { method, url: path, headers } = incoming;
  const sent = request({ hostname, port, method, path, headers, agent }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  incoming.pipe(sent);
}).listen(Number(PORT), '127.0.0.1');
