import { connect } from 'node:net';

/**
 * A keep-alive connection that carries one request at a time. It parses only the HTTP that the measured servers send,
 * so that the load takes little of the cores it shares with them.
 */
export class HttpConnection {
  #received = '';
  #settle;

  constructor(url) {
    const { hostname, port, host } = new URL(url);
    this.host = host;
    this.socket = connect(Number(port), hostname).setNoDelay().setEncoding('utf8');
    this.socket.on('data', (text) => this.#read(text));
    this.socket.on('error', (error) => this.#settle?.reject(error));
    this.socket.on('close', () => this.#settle?.reject(new Error('The server closed the connection.')));
  }

  /** Returns the JSON body of a response 200; rejects for any other response. */
  post(path, type, body) {
    const head = `POST ${path} HTTP/1.1\r\nHost: ${this.host}\r\nContent-Type: ${type}\r\n`;
    this.socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  close() {
    this.socket.destroy();
  }

  #read(text) {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    const body = this.#received.slice(end + 4);
    if (Buffer.byteLength(body) < length) return;
    const { resolve, reject } = this.#settle;
    this.#received = '';
    this.#settle = undefined;
    if (head.slice(9, 12) === '200' && Buffer.byteLength(body) === length) resolve(JSON.parse(body));
    else reject(new Error(`Unexpected response: ${head.split('\r\n', 1)[0]} ${body.slice(0, 300)}`));
  }
}
