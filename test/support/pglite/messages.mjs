const CODE = { startup: 196_608, cancel: 80_877_102, tls: 80_877_103, gss: 80_877_104 };

/** Reads the messages of a client from its stream. The first ones have no type. */
export class MessageReader {
  #bytes = Buffer.alloc(0);
  #isStarted = false;

  *read(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const start = this.#isStarted ? 1 : 0;
      if (this.#bytes.length < start + 4) return;
      const end = start + this.#bytes.readInt32BE(start);
      if (this.#bytes.length < end) return;
      const message = this.#bytes.subarray(0, end);
      this.#bytes = this.#bytes.subarray(end);
      yield this.#isStarted
        ? { type: String.fromCharCode(message[0]), bytes: message }
        : this.#readStart(message);
    }
  }

  #readStart(bytes) {
    const code = bytes.readInt32BE(4);
    if (code === CODE.tls || code === CODE.gss) return { type: 'encryption', bytes };
    if (code === CODE.cancel) return { type: 'cancel', bytes };
    this.#isStarted = true;
    return { type: 'startup', bytes };
  }
}

/** Splits what a server sends. */
export function* splitMessages(bytes) {
  for (let start = 0; start < bytes.length;) {
    const end = start + 1 + bytes.readInt32BE(start + 1);
    yield { type: String.fromCharCode(bytes[start]), bytes: bytes.subarray(start, end) };
    start = end;
  }
}

export function toMessage(type, ...parts) {
  const body = Buffer.concat(parts);
  const header = Buffer.from(`${type}    `);
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

/** A text with a zero byte at its end. */
export const cString = (text) => Buffer.from(`${text}\0`);

export const int32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
