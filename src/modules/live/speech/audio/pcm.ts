/** Samples in one second of every audio inside the server: PCM, 16 bits, little-endian, one channel. */
export const SAMPLE_RATE = 24_000;
export const BYTES_PER_SAMPLE = 2;

/** Returns the duration of a number of samples. */
export function samplesToMs(samples: number): number {
  return (samples * 1000) / SAMPLE_RATE;
}

/** Returns the number of whole samples in a duration. */
export function msToSamples(ms: number): number {
  return Math.floor((ms * SAMPLE_RATE) / 1000);
}

/** Returns the duration of PCM bytes. */
export function pcmDurationMs(pcm: Buffer): number {
  return samplesToMs(Math.floor(pcm.length / BYTES_PER_SAMPLE));
}

/** Returns 16-bit samples for values from -1 to 1; larger ones are clipped. */
export function toPcm(values: Float32Array): Buffer {
  const pcm = Buffer.allocUnsafe(values.length * BYTES_PER_SAMPLE);
  for (let index = 0; index < values.length; index += 1) {
    const value = Math.max(-1, Math.min(1, values[index] ?? 0));
    pcm.writeInt16LE(Math.round(value * (value < 0 ? 32_768 : 32_767)), index * BYTES_PER_SAMPLE);
  }
  return pcm;
}

/** Returns the level of PCM in decibels below full scale; -100 for silence. */
export function levelOf(pcm: Buffer, start = 0, end = pcm.length): number {
  const samples = Math.floor((end - start) / BYTES_PER_SAMPLE);
  if (samples === 0) return -100;
  let sum = 0;
  for (let offset = start; offset < start + samples * BYTES_PER_SAMPLE; offset += BYTES_PER_SAMPLE) {
    const sample = pcm.readInt16LE(offset) / 32_768;
    sum += sample * sample;
  }
  return Math.max(-100, 10 * Math.log10(sum / samples + 1e-10));
}

/** Cuts a stream of bytes into whole samples. */
export class SampleAligner {
  private rest: Buffer = Buffer.alloc(0);

  /** Returns the whole samples that have arrived. */
  append(bytes: Buffer): Buffer {
    const all = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : bytes;
    const whole = all.length - (all.length % BYTES_PER_SAMPLE);
    this.rest = Buffer.from(all.subarray(whole));
    return all.subarray(0, whole);
  }
}

/** Returns a WAV file. Its header has the true sizes. */
export function toWav(pcm: Buffer): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + pcm.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * BYTES_PER_SAMPLE, 28);
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([header, pcm]);
}
