import { AudioError } from './audio-error.js';
import { ByteQueue } from './byte-queue.js';
import { MAX_PACKET_BYTES, type OpusHead, type PacketReader, parseOpusHead } from './opus-packets.js';

/** Ids of the elements that are read (RFC 9559, and RFC 8794 for EBML). */
const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  cluster: 0x1f43b675,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
} as const;

/** Elements whose children are read. The size of segments and clusters is often unknown in a live stream. */
const CONTAINERS: ReadonlySet<number> = new Set([
  ID.segment,
  ID.tracks,
  ID.trackEntry,
  ID.cluster,
  ID.blockGroup,
]);
const READ: ReadonlySet<number> = new Set([
  ID.ebml,
  ID.trackNumber,
  ID.codecId,
  ID.codecPrivate,
  ID.block,
  ID.simpleBlock,
]);
const MAX_READ_BYTES = MAX_PACKET_BYTES + 16;
const OPUS = 'A_OPUS';
/** Lacing puts several frames into one block; no encoder of Opus does that. */
const LACING = 0b110;

interface ElementHeader {
  id: number;
  size: number;
  isUnknownSize: boolean;
  headerBytes: number;
}

/** Reads the Opus track of a live WebM stream, as `MediaRecorder` sends it. Elements may arrive in any pieces. */
export class WebmPacketReader implements PacketReader {
  head: OpusHead | undefined;
  private readonly queue = new ByteQueue();
  /** Bytes of an unused element that have not arrived. */
  private skipping = 0;
  private hasHeader = false;
  /** The track entry that is being read, and the track that is used. */
  private entry: { number?: number; codec?: string } = {};
  private track: number | undefined;

  append(bytes: Buffer): Buffer[] {
    this.queue.append(bytes);
    const packets: Buffer[] = [];
    while (this.step(packets));
    return packets;
  }

  /** Reads one element. Returns false when more bytes are needed. */
  private step(packets: Buffer[]): boolean {
    const { queue } = this;
    if (this.skipping > 0) {
      const length = Math.min(this.skipping, queue.length);
      queue.skip(length);
      this.skipping -= length;
      if (this.skipping > 0) return false;
    }
    const header = readElementHeader(queue.peek());
    if (!header) return false;
    const { id, size, headerBytes } = header;
    if (!this.hasHeader && id !== ID.ebml) throw new AudioError('The audio is not a stream of WebM.');
    if (CONTAINERS.has(id)) {
      if (id === ID.trackEntry) this.entry = {};
      queue.skip(headerBytes);
      return true;
    }
    if (header.isUnknownSize) throw new AudioError('The stream of WebM is damaged.');
    if (!READ.has(id)) {
      queue.skip(headerBytes);
      this.skipping = size;
      return true;
    }
    if (size > MAX_READ_BYTES) throw new AudioError('A packet of the audio is too large.');
    if (queue.length < headerBytes + size) return false;
    queue.skip(headerBytes);
    this.readElement(id, queue.take(size), packets);
    return true;
  }

  private readElement(id: number, data: Buffer, packets: Buffer[]): void {
    if (id === ID.ebml) {
      if (this.hasHeader) throw new AudioError('The audio must be one stream for each connection.');
      this.hasHeader = true;
    } else if (id === ID.trackNumber) this.entry.number = readNumber(data);
    else if (id === ID.codecId) this.entry.codec = data.toString('latin1').replace(/\0+$/, '');
    else if (id === ID.codecPrivate) this.readCodecPrivate(data);
    else this.readBlock(data, packets);
  }

  /** Video tracks can have such data, too, which is ignored. */
  private readCodecPrivate(data: Buffer): void {
    if (this.head || data.toString('latin1', 0, 8) !== 'OpusHead') return;
    this.head = parseOpusHead(data);
    this.track = this.entry.number;
  }

  private readBlock(data: Buffer, packets: Buffer[]): void {
    if (!this.head) throw new AudioError(`The audio must be ${OPUS} in WebM.`);
    const track = readVint(data, 0, true);
    if (!track || data.length < track.length + 3) throw new AudioError('The stream of WebM is damaged.');
    if (this.track !== undefined && track.value !== this.track) return;
    if ((data.readUInt8(track.length + 2) & LACING) !== 0)
      throw new AudioError('Blocks of WebM with several frames cannot be read.');
    packets.push(data.subarray(track.length + 3));
  }
}

/** Returns undefined until the whole header has arrived. */
function readElementHeader(bytes: Buffer): ElementHeader | undefined {
  const id = readVint(bytes, 0, false, 4);
  if (!id) return undefined;
  const size = readVint(bytes, id.length, true);
  if (!size) return undefined;
  const isUnknownSize = size.value === 2 ** (7 * size.length) - 1;
  if (!isUnknownSize && !Number.isSafeInteger(size.value))
    throw new AudioError('The stream of WebM is damaged.');
  return { id: id.value, size: size.value, isUnknownSize, headerBytes: id.length + size.length };
}

/** Reads an integer of variable length; undefined until it has arrived. */
function readVint(
  bytes: Buffer,
  offset: number,
  withoutMarker: boolean,
  maxLength = 8,
): { value: number; length: number } | undefined {
  const first = bytes[offset];
  if (first === undefined) return undefined;
  const length = Math.clz32(first) - 23;
  if (length > maxLength) throw new AudioError('The stream of WebM is damaged.');
  if (bytes.length < offset + length) return undefined;
  let value = withoutMarker ? first - 2 ** (8 - length) : first;
  for (let index = 1; index < length; index += 1) value = value * 256 + (bytes[offset + index] ?? 0);
  return { value, length };
}

function readNumber(data: Buffer): number {
  return data.length > 0 && data.length <= 6 ? data.readUIntBE(0, data.length) : 0;
}
