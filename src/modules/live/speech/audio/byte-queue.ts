/** Bytes that arrived and were not read. */
export class ByteQueue {
  private bytes: Buffer = Buffer.alloc(0);

  get length(): number {
    return this.bytes.length;
  }

  append(chunk: Buffer): void {
    this.bytes = this.bytes.length > 0 ? Buffer.concat([this.bytes, chunk]) : chunk;
  }

  /** Returns the first bytes without removing them. */
  peek(length: number = this.bytes.length): Buffer {
    return this.bytes.subarray(0, length);
  }

  /** Removes the first bytes. */
  skip(length: number): void {
    this.bytes = this.bytes.subarray(length);
  }

  /** Removes and returns the first bytes. */
  take(length: number): Buffer {
    const taken = this.bytes.subarray(0, length);
    this.skip(length);
    return taken;
  }
}
