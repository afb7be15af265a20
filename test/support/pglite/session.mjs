import { splitMessages } from './messages.mjs';

/** The session of PGlite, which serves one connection at a time: to the end of its transaction. */
export class Session {
  #database;
  #waiting = [];
  #holder;
  /** Connections that have executed LISTEN. */
  listeners = new Set();

  constructor(database) {
    this.#database = database;
  }

  /** Executes messages up to Sync or a simple query. Sends the answer to the connection. */
  async execute(connection, bytes) {
    await this.#acquire(connection);
    const answer = await this.#run(bytes, connection);
    if (answer.status === 'I') this.#release();
    return answer.bytes;
  }

  /** Ends the transaction of a connection that was closed. */
  async leave(connection) {
    this.listeners.delete(connection);
    this.#waiting = this.#waiting.filter((waiting) => waiting.connection !== connection);
    if (this.#holder !== connection) return;
    await this.#database.exec('ROLLBACK');
    this.#release();
  }

  async #run(request, connection) {
    const parts = [];
    let status = 'I';
    const answer = Buffer.from(await this.#database.execProtocolRaw(request, { syncToFs: false }));
    for (const { type, bytes } of splitMessages(answer)) {
      if (type === 'A') for (const listener of this.listeners) listener.send(bytes);
      else parts.push(bytes);
      if (type === 'Z') status = String.fromCharCode(bytes[5]);
    }
    if (connection.isClosed && status !== 'I') {
      await this.#database.exec('ROLLBACK');
      status = 'I';
    }
    return { bytes: Buffer.concat(parts), status };
  }

  #acquire(connection) {
    if (this.#holder === connection) return undefined;
    if (!this.#holder) {
      this.#holder = connection;
      return undefined;
    }
    return new Promise((begin) => this.#waiting.push({ connection, begin }));
  }

  #release() {
    const next = this.#waiting.shift();
    this.#holder = next?.connection;
    next?.begin();
  }
}
