import { connect } from 'node:net';

const END = '\r\n0\r\n\r\n';

/** A keep-alive connection that reads one chunked response at a time and records when its first content arrived. */
export class StreamConnection {
  #tail = '';
  #text = '';
  #first;
  #startedAt = 0;
  #settle;

  constructor(url) {
    const { hostname, port, host } = new URL(url);
    this.host = host;
    this.socket = connect(Number(port), hostname).setNoDelay().setEncoding('utf8');
    this.socket.on('data', (text) => this.#read(text));
    this.socket.on('error', (error) => this.#settle?.reject(error));
    this.socket.on('close', () => this.#settle?.reject(new Error('The server closed the connection.')));
  }

  /** Returns the milliseconds to the first content and to the end. Rejects for an incomplete or failed response. */
  post(path, headers, body) {
    const lines = Object.entries({ 'Content-Type': 'application/json', ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    this.#startedAt = performance.now();
    this.socket.write(
      `POST ${path} HTTP/1.1\r\nHost: ${this.host}\r\n${lines.join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  close() {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  #read(text) {
    if (this.#first === undefined) {
      this.#text += text;
      if (this.#text.includes('"content"')) this.#first = performance.now() - this.#startedAt;
    }
    this.#tail = (this.#tail + text).slice(-400);
    if (!this.#tail.endsWith(END)) return;
    const { resolve, reject } = this.#settle;
    const whole = /\[DONE\]|event: done/.test(this.#tail) || this.#tail.length === 400;
    const failed = !whole || this.#first === undefined || /event: error/.test(this.#tail);
    const result = { first: this.#first, total: performance.now() - this.#startedAt };
    const seen = this.#text + this.#tail;
    this.#tail = this.#text = '';
    this.#first = this.#settle = undefined;
    if (failed) reject(new Error(`Unexpected response: ${seen.slice(0, 400)}`));
    else resolve(result);
  }
}
