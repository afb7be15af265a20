import { AudioError } from './audio-error.js';
import { ByteQueue } from './byte-queue.js';
import { MAX_PACKET_BYTES, type OpusHead, type PacketReader, parseOpusHead } from './opus-packets.js';

const MAGIC = 'OggS';
const HEADER_BYTES = 27;
const CONTINUED = 1;
/** Tags can have a picture; they are skipped. */
const MAX_TAG_BYTES = 256 * 1024;

/** Reads one stream of Opus in Ogg (RFC 3533, RFC 7845). Pages may arrive in any pieces. */
export class OggPacketReader implements PacketReader {
  head: OpusHead | undefined;
  private readonly queue = new ByteQueue();
  private partial: Buffer[] = [];
  private partialBytes = 0;
  private hasTags = false;
  private serial: number | undefined;

  append(bytes: Buffer): Buffer[] {
    this.queue.append(bytes);
    const packets: Buffer[] = [];
    for (let page = this.takePage(); page; page = this.takePage()) this.readPage(page, packets);
    return packets;
  }

  /** Returns undefined until a whole page has arrived. */
  private takePage(): Buffer | undefined {
    const { queue } = this;
    const magic = queue.peek(4).toString('latin1');
    const isVersion0 = queue.length < 5 || queue.peek().readUInt8(4) === 0;
    if (!MAGIC.startsWith(magic) || !isVersion0) throw new AudioError('The audio is not a stream of Ogg.');
    if (queue.length < HEADER_BYTES) return undefined;
    const segments = queue.peek().readUInt8(26);
    if (queue.length < HEADER_BYTES + segments) return undefined;
    const lacing = queue.peek(HEADER_BYTES + segments).subarray(HEADER_BYTES);
    const length = HEADER_BYTES + segments + lacing.reduce((sum, value) => sum + value, 0);
    return queue.length < length ? undefined : queue.take(length);
  }

  private readPage(page: Buffer, packets: Buffer[]): void {
    const serial = page.readUInt32LE(14);
    this.serial ??= serial;
    if (serial !== this.serial) throw new AudioError('The audio must be one stream for each connection.');
    if ((page.readUInt8(5) & CONTINUED) === 0) this.dropPartial();
    const segments = page.readUInt8(26);
    let offset = HEADER_BYTES + segments;
    for (const size of page.subarray(HEADER_BYTES, HEADER_BYTES + segments)) {
      this.partial.push(page.subarray(offset, offset + size));
      this.partialBytes += size;
      offset += size;
      if (this.partialBytes > MAX_TAG_BYTES) throw new AudioError('A packet of the audio is too large.');
      if (size < 255) this.finishPacket(packets);
    }
  }

  private finishPacket(packets: Buffer[]): void {
    const packet = Buffer.concat(this.partial);
    this.dropPartial();
    if (!this.head) this.head = parseOpusHead(packet);
    else if (!this.hasTags) this.hasTags = true;
    else if (packet.length <= MAX_PACKET_BYTES) packets.push(packet);
    else throw new AudioError('A packet of the audio is too large.');
  }

  private dropPartial(): void {
    this.partial = [];
    this.partialBytes = 0;
  }
}
