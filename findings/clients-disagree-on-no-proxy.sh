#!/usr/bin/env bash
# HTTP clients disagree on which hosts NO_PROXY names: a domain with or without its subdomains, an asterisk among other entries.
#
# Versions: undici 7.30.2, axios 1.21.1, proxy-agent 8.0.3; Node.js 20.
# Input: a request to api.example.invalid with HTTP_PROXY set to a proxy on loopback, and five values of NO_PROXY.
# Expected: the same route in every client, since they read the same two variables.
# Seen: `example.invalid` includes api.example.invalid for undici, and only the name itself for axios and proxy-agent. An
#   asterisk that is not the only entry means every host for these two, and is a name that no host has for undici. With a dot or
#   `*.` before the domain, and with the asterisk alone, all three agree.
# What follows: an operator writes `.example.com`, which every client understands. This server treats an asterisk anywhere in the
#   list as every host, for HTTP and for web sockets, and documents the form with the dot.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts undici@7.30.2 axios@1.21.1 proxy-agent@8.0.3

cat >try.mjs <<'JS'
import { createServer, get } from 'node:http';
import { connect } from 'node:net';
import axios from 'axios';
import { ProxyAgent } from 'proxy-agent';
import { EnvHttpProxyAgent, request } from 'undici';

const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
};
const originPort = await listen(createServer((_, response) => response.end('ok')));
let isProxied = false;
const proxy = createServer((_, response) => {
  isProxied = true;
  response.end('ok');
}).on('connect', (_, client) => {
  isProxied = true;
  const origin = connect(originPort, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    client.pipe(origin).pipe(client);
  });
});
process.env.HTTP_PROXY = `http://127.0.0.1:${await listen(proxy)}`;

const url = 'http://api.example.invalid/';
const clients = {
  undici: () => request(url, { dispatcher: new EnvHttpProxyAgent() }),
  axios: () => axios.get(url),
  'proxy-agent': () =>
    new Promise((resolve, reject) => get(url, { agent: new ProxyAgent() }, resolve).on('error', reject)),
};
for (const value of ['*', 'other.invalid,*', 'example.invalid', '.example.invalid', '*.example.invalid']) {
  process.env.NO_PROXY = value;
  const routes = [];
  for (const [name, send] of Object.entries(clients)) {
    isProxied = false;
    // Without the proxy, the name does not exist.
    await send().catch(() => undefined);
    routes.push(`${name} ${isProxied ? 'proxy' : 'direct'}`);
  }
  console.log(`${value}: ${routes.join(', ')}`);
}
process.exit();
JS
seen=$(node try.mjs)
expected='*: undici direct, axios direct, proxy-agent direct
other.invalid,*: undici proxy, axios direct, proxy-agent direct
example.invalid: undici direct, axios proxy, proxy-agent proxy
.example.invalid: undici direct, axios direct, proxy-agent direct
*.example.invalid: undici direct, axios direct, proxy-agent direct'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
