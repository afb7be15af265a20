// Forwards requests with more headers, as a reverse proxy does in front of a gateway that is configured by headers.
import { createServer, request } from 'node:http';
import { once } from 'node:events';

/** Returns the URL, and what stops the proxy. */
export async function startHeaderProxy(target, headers) {
  const server = createServer((incoming, outgoing) => {
    const { host: _host, ...sent } = incoming.headers;
    const options = { method: incoming.method, headers: { ...sent, ...headers } };
    const forwarded = request(`${target}${incoming.url}`, options, (response) => {
      outgoing.writeHead(response.statusCode, response.headers);
      response.on('error', () => outgoing.destroy()).pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}
