import { setImmediate as nextTurn } from 'node:timers/promises';
import { AudioError } from '../audio/audio-error.js';
import { SAMPLE_RATE, toPcm } from '../audio/pcm.js';

const PCM_FORMAT = 1;
const EXTENSIBLE_FORMAT = 0xfffe;
const [MIN_RATE, MAX_RATE] = [8_000, 96_000];
/** Samples that are converted before other work of the process runs: a few milliseconds. */
const SAMPLES_PER_TURN = 12_000;

interface WavFile {
  channels: number;
  rate: number;
  /** Samples of 16 bits, little-endian, of all channels in turn. */
  samples: Buffer;
}

/** Returns the PCM of a WAV file with 16 bits, any common rate, and one or two channels. Throws an {@link AudioError} for others. */
export async function decodeWav(bytes: Buffer, maxSamples: number): Promise<Buffer> {
  const wav = readWav(bytes);
  const length = Math.floor((countFrames(wav) * SAMPLE_RATE) / wav.rate);
  if (length > maxSamples) throw new AudioError('The audio is too long.');
  const parts: Buffer[] = [];
  for (let start = 0; start < length; start += SAMPLES_PER_TURN) {
    if (start > 0) await nextTurn();
    parts.push(resample(wav, start, Math.min(length, start + SAMPLES_PER_TURN)));
  }
  return Buffer.concat(parts);
}

/** The size of the samples in the header of a streamed file is wrong: what is there counts. */
function readWav(bytes: Buffer): WavFile {
  let format: { channels: number; rate: number } | undefined;
  for (let offset = 12; offset + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', offset, offset + 4);
    const size = bytes.readUInt32LE(offset + 4);
    const data = offset + 8;
    if (id === 'fmt ') format = readFormat(bytes.subarray(data, data + size));
    if (id === 'data' && format) {
      const end = size === 0 ? bytes.length : Math.min(bytes.length, data + size);
      return { ...format, samples: bytes.subarray(data, end) };
    }
    offset = data + size + (size % 2);
  }
  throw new AudioError('The WAV file has no audio.');
}

function readFormat(format: Buffer): { channels: number; rate: number } {
  const code = format.length < 16 ? 0 : format.readUInt16LE(0);
  const isPcm = code === PCM_FORMAT || code === EXTENSIBLE_FORMAT;
  if (!isPcm || format.readUInt16LE(14) !== 16)
    throw new AudioError('A WAV file must have PCM with 16 bits.');
  const [channels, rate] = [format.readUInt16LE(2), format.readUInt32LE(4)];
  if (channels < 1 || channels > 2 || rate < MIN_RATE || rate > MAX_RATE)
    throw new AudioError(
      `A WAV file must have one or two channels, and a rate from ${MIN_RATE} to ${MAX_RATE} Hz.`,
    );
  return { channels, rate };
}

function countFrames({ samples, channels }: WavFile): number {
  return Math.floor(samples.length / (2 * channels));
}

/** Returns the samples from `start` to `end` at the rate of the server: means of several frames, or points between two. */
function resample(wav: WavFile, start: number, end: number): Buffer {
  const step = wav.rate / SAMPLE_RATE;
  const last = countFrames(wav) - 1;
  const values = new Float32Array(end - start);
  for (let index = start; index < end; index += 1) {
    const position = index * step;
    const frame = Math.floor(position);
    if (step >= 2) {
      const frames = Math.floor(step);
      let sum = 0;
      for (let offset = 0; offset < frames; offset += 1) sum += frameAt(wav, Math.min(last, frame + offset));
      values[index - start] = sum / frames;
    } else {
      const share = position - frame;
      const next = frameAt(wav, Math.min(last, frame + 1));
      values[index - start] = frameAt(wav, frame) * (1 - share) + next * share;
    }
  }
  return toPcm(values);
}

/** Returns a frame as one value from -1 to 1. */
function frameAt({ samples, channels }: WavFile, frame: number): number {
  const offset = frame * channels * 2;
  const left = samples.readInt16LE(offset);
  return (channels === 1 ? left : (left + samples.readInt16LE(offset + 2)) / 2) / 32_768;
}
