// One attacker process. Its priority is the lowest, because it shares the processors with the server. It reads nothing of a
// response but the status.
import { connect } from 'node:net';
import { constants, setPriority } from 'node:os';

const RECONNECT_MS = 20;
const statuses = {};
setPriority(constants.priority.PRIORITY_LOW);

process.on('message', (message) => {
  if (message === 'stop') process.send(statuses);
  else attack(message);
});

function attack({ url, load: { connections, requests, holds = false } }) {
  const { hostname, port } = new URL(url);
  let sent = 0;
  const open = () => {
    const socket = connect({ host: hostname, port: Number(port), localAddress: '127.0.0.1' });
    let status;
    const next = () => requests[sent++ % requests.length].text;
    socket.on('connect', () => socket.write(next()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      count(status ?? 'closed');
      setTimeout(open, RECONNECT_MS);
    });
    if (holds) return;
    socket.once('data', (chunk) => {
      status = chunk.toString('latin1', 9, 12);
      socket.destroy();
    });
  };
  for (let index = 0; index < connections; index += 1) open();
}

function count(status) {
  statuses[status] = (statuses[status] ?? 0) + 1;
}
