/** The socket of a session: numbered JSON events, and binary audio. */

/** Close codes after which the session goes on: the server restarts, or the connection was lost. */
const RECONNECT_CODES = [1001, 1006];
const RECONNECT_MS = 1000;
const MAX_RECONNECTS = 5;

export class LiveSocket {
  #socket = null;
  #lastSeq = null;
  #failures = 0;
  #handlers;

  /**
   * `openTicket` returns `{ url, ticket }` for each connection. `onEvent` gets the type and the data of an event, `onAudio` an
   * ArrayBuffer, `onState` one of `connecting`, `open` and `closed`, `onEnd` the close code.
   */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  async connect() {
    const { openTicket, onState } = this.#handlers;
    onState('connecting');
    const { url, ticket } = await openTicket();
    const address = new URL(url);
    address.searchParams.set('ticket', ticket);
    const socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => onState('open');
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => this.#handleClose(code);
    this.#socket = socket;
  }

  send(type, data) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type, data }));
  }

  /** Audio is dropped while the connection cannot take it: late speech is useless. */
  sendAudio(bytes) {
    const socket = this.#socket;
    if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < 96000) socket.send(bytes);
  }

  #receive(message) {
    const { onAudio, onEvent } = this.#handlers;
    if (message instanceof ArrayBuffer) return onAudio(message);
    const { type, seq, data } = JSON.parse(message);
    if (type === 'session.ready') {
      this.#failures = 0;
      if (this.#lastSeq !== null) this.send('session.resume', { last_seq: this.#lastSeq });
    }
    this.#lastSeq = Math.max(this.#lastSeq ?? 0, seq);
    return onEvent(type, data);
  }

  #handleClose(code) {
    const { onState, onEnd } = this.#handlers;
    onState('closed');
    if (!RECONNECT_CODES.includes(code) || this.#failures === MAX_RECONNECTS) return onEnd(code);
    this.#failures += 1;
    return setTimeout(() => this.connect().catch(() => this.#handleClose(1006)), RECONNECT_MS);
  }
}
