import { cString, int32, MessageReader, toMessage } from './messages.mjs';

const PARAMETERS = {
  server_version: '18.0',
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
  TimeZone: 'UTC',
};
const READY = toMessage('Z', Buffer.from('I'));
let connections = 0;

/** A connection of a client. Its prepared statements have names of their own, as all share one session. */
export class Connection {
  isClosed = false;
  #id = (connections += 1);
  #socket;
  #session;
  #reader = new MessageReader();
  #statements = new Map();
  #pending = [];
  #turn = Promise.resolve();

  constructor(socket, session) {
    this.#socket = socket;
    this.#session = session;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#close());
  }

  send(bytes) {
    if (!this.isClosed) this.#socket.write(bytes);
  }

  #receive(bytes) {
    for (const message of this.#reader.read(bytes)) this.#handle(message);
  }

  #handle({ type, bytes }) {
    if (type === 'encryption') return this.send(Buffer.from('N'));
    if (type === 'startup') return this.#greet();
    if (type === 'X' || type === 'cancel') return this.#socket.end();
    this.#pending.push(this.#rename(type, bytes));
    if (type !== 'Q' && type !== 'S') return undefined;
    if (type === 'Q' && /^LISTEN /i.test(bytes.toString('utf8', 5))) this.#session.listeners.add(this);
    const request = Buffer.concat(this.#pending.splice(0));
    this.#turn = this.#turn.then(async () => {
      if (!this.isClosed) this.send(await this.#session.execute(this, request));
    });
    return undefined;
  }

  #greet() {
    const parameters = Object.entries(PARAMETERS).map(([name, value]) =>
      toMessage('S', cString(name), cString(value)),
    );
    this.send(
      Buffer.concat([
        toMessage('R', int32(0)),
        ...parameters,
        toMessage('K', int32(this.#id), int32(0)),
        READY,
      ]),
    );
  }

  /** Replaces the name of a prepared statement in Parse, Bind, Describe and Close. */
  #rename(type, bytes) {
    if (!'PBDC'.includes(type)) return bytes;
    if ((type === 'D' || type === 'C') && bytes[5] !== 'S'.charCodeAt(0)) return bytes;
    const start = type === 'P' ? 5 : type === 'B' ? bytes.indexOf(0, 5) + 1 : 6;
    const end = bytes.indexOf(0, start);
    const name = bytes.toString('utf8', start, end);
    if (name === '') return bytes;
    if (!this.#statements.has(name)) this.#statements.set(name, `c${this.#id}s${this.#statements.size}`);
    const renamed = Buffer.from(this.#statements.get(name));
    return toMessage(type, bytes.subarray(5, start), renamed, bytes.subarray(end));
  }

  #close() {
    this.isClosed = true;
    this.#turn = this.#turn.then(() => this.#session.leave(this));
  }
}
