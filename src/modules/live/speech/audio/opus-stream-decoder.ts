import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OpusDecoder } from 'opus-decoder';
import { AudioError } from './audio-error.js';
import { OggPacketReader } from './ogg-packet-reader.js';
import { isValidPacket, type PacketReader } from './opus-packets.js';
import { SAMPLE_RATE, toPcm } from './pcm.js';
import { WebmPacketReader } from './webm-packet-reader.js';

export type OpusContainer = 'ogg' | 'webm';

/** Packets that are decoded before other work of the process runs: at most about 5 ms. */
const PACKETS_PER_TURN = 25;
/** More invalid packets in a row are no loss on the way, but another format. */
const MAX_INVALID_PACKETS = 50;
const PRE_SKIP_RATE = 48_000;

/** Decodes one stream of Opus in Ogg or WebM to PCM while it arrives. Throws an {@link AudioError} for other bytes. */
export class OpusStreamDecoder {
  private readonly reader: PacketReader;
  private decoder: OpusDecoder<24000> | undefined;
  private skippedSamples = 0;
  private invalidPackets = 0;
  private isClosed = false;

  constructor(container: OpusContainer) {
    this.reader = container === 'ogg' ? new OggPacketReader() : new WebmPacketReader();
  }

  /** Returns the PCM of the packets that the bytes complete. Calls must not overlap. */
  async append(bytes: Buffer): Promise<Buffer> {
    const packets = this.reader.append(bytes);
    const { head } = this.reader;
    if (!head || packets.length === 0) return Buffer.alloc(0);
    this.decoder ??= await createDecoder(head.channels);
    const skip = Math.round((head.preSkip * SAMPLE_RATE) / PRE_SKIP_RATE);
    const parts: Buffer[] = [];
    for (const [index, packet] of packets.entries()) {
      if (index > 0 && index % PACKETS_PER_TURN === 0) await nextTurn();
      if (this.isClosed) break;
      const samples = this.decodePacket(packet);
      const dropped = Math.min(samples.length, skip - this.skippedSamples);
      this.skippedSamples += dropped;
      if (samples.length > dropped) parts.push(toPcm(samples.subarray(dropped)));
    }
    if (this.isClosed) this.release();
    return Buffer.concat(parts);
  }

  /** Frees the memory of the decoder. */
  close(): void {
    this.isClosed = true;
    this.release();
  }

  private release(): void {
    this.decoder?.free();
    this.decoder = undefined;
  }

  /** An invalid packet is left out, as a lost one. */
  private decodePacket(packet: Buffer): Float32Array {
    const audio = isValidPacket(packet) ? this.decoder?.decodeFrame(packet) : undefined;
    if (!audio || audio.errors.length > 0) {
      this.invalidPackets += 1;
      if (this.invalidPackets > MAX_INVALID_PACKETS) throw new AudioError('The audio is damaged.');
      return new Float32Array();
    }
    this.invalidPackets = 0;
    return mixDown(audio.channelData);
  }
}

/** Loads the decoder, which most servers never need. */
async function createDecoder(channels: number): Promise<OpusDecoder<24000>> {
  const { OpusDecoder: Decoder } = await import('opus-decoder');
  const decoder = new Decoder({ sampleRate: SAMPLE_RATE, channels });
  await decoder.ready;
  return decoder;
}

function mixDown(channels: readonly Float32Array[]): Float32Array {
  const [left = new Float32Array(), right] = channels;
  return right ? left.map((value, index) => (value + (right[index] ?? 0)) / 2) : left;
}
