import { AudioError } from './audio-error.js';

/** What a container says about its Opus stream. */
export interface OpusHead {
  channels: number;
  /** Samples at 48 kHz that a decoder drops at the beginning. */
  preSkip: number;
}

/** Reads the packets of Opus out of a container while it arrives. Throws an {@link AudioError} for other bytes. */
export interface PacketReader {
  /** Undefined until it has arrived. */
  readonly head: OpusHead | undefined;
  /** Returns the packets that the bytes complete. */
  append(bytes: Buffer): Buffer[];
}

const HEAD_MAGIC = 'OpusHead';
const HEAD_BYTES = 19;
const MAX_CHANNELS = 2;
/** The decoder takes no larger packet. */
export const MAX_PACKET_BYTES = 3_840;
/** A packet has at most 120 ms, which are 48 frames of 2.5 ms (RFC 6716, 3.2.5). */
const MAX_FRAMES = 48;
const MAX_FRAME_BYTES = 1_275;

/** Reads the identification header (RFC 7845, 5.1). */
export function parseOpusHead(bytes: Buffer): OpusHead {
  if (bytes.length < HEAD_BYTES || bytes.toString('latin1', 0, 8) !== HEAD_MAGIC)
    throw new AudioError('The audio is not Opus.');
  const channels = bytes.readUInt8(9);
  const family = bytes.readUInt8(18);
  if (family !== 0 || channels < 1 || channels > MAX_CHANNELS)
    throw new AudioError('The audio must have one or two channels.');
  return { channels, preSkip: bytes.readUInt16LE(10) };
}

/**
 * Returns whether the framing of a packet is valid (RFC 6716, 3.4). A decoder gets no other packet: it would write a line on
 * the standard error output for each one.
 */
export function isValidPacket(packet: Buffer): boolean {
  if (packet.length < 2 || packet.length > MAX_PACKET_BYTES) return false;
  const code = packet.readUInt8(0) & 0b11;
  const size = packet.length - 1;
  if (code === 0) return size <= MAX_FRAME_BYTES;
  if (code === 1) return size % 2 === 0 && size / 2 <= MAX_FRAME_BYTES;
  if (code === 2) return hasValidSizes(packet, 1, 1, 0);
  return hasValidFrames(packet);
}

function hasValidFrames(packet: Buffer): boolean {
  const flags = packet.readUInt8(1);
  const frames = flags & 0b11_1111;
  if (frames === 0 || frames > MAX_FRAMES || frames * frameMs(packet) > 120) return false;
  let offset = 2;
  let padding = 0;
  for (let more = (flags & 0b100_0000) !== 0; more; offset += 1) {
    if (offset >= packet.length) return false;
    const size = packet.readUInt8(offset);
    more = size === 255;
    padding += more ? 254 : size;
  }
  if ((flags & 0b1000_0000) !== 0) return hasValidSizes(packet, offset, frames - 1, padding);
  const size = packet.length - offset - padding;
  return size >= 0 && size % frames === 0 && size / frames <= MAX_FRAME_BYTES;
}

/** Checks the lengths of all frames but the last, which has the rest. */
function hasValidSizes(packet: Buffer, start: number, count: number, padding: number): boolean {
  let offset = start;
  let total = 0;
  for (let index = 0; index < count; index += 1) {
    if (offset >= packet.length) return false;
    let size = packet.readUInt8(offset);
    offset += 1;
    if (size >= 252) {
      if (offset >= packet.length) return false;
      size += 4 * packet.readUInt8(offset);
      offset += 1;
    }
    total += size;
  }
  const last = packet.length - offset - total - padding;
  return last >= 0 && last <= MAX_FRAME_BYTES;
}

/** Milliseconds of one frame, of the configuration in the first byte. */
function frameMs(packet: Buffer): number {
  const configuration = packet.readUInt8(0) >> 3;
  if (configuration < 12) return [10, 20, 40, 60][configuration % 4] ?? 60;
  if (configuration < 16) return [10, 20][configuration % 2] ?? 20;
  return [2.5, 5, 10, 20][configuration % 4] ?? 20;
}
