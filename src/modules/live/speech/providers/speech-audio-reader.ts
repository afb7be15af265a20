import { ModelFailure } from '@/modules/ai/index.js';
import { SAMPLE_RATE, SampleAligner } from '../audio/pcm.js';

/** The longest audio of one sentence: two minutes. */
const MAX_BYTES = 120 * SAMPLE_RATE * 2;
/** The chunks before the samples of a WAV file are not larger. */
const MAX_HEADER_BYTES = 4_096;
const PCM_FORMAT = 1;
const EXTENSIBLE_FORMAT = 0xfffe;

/**
 * Reads the audio of a speech server, which was asked for PCM. Some servers send a WAV file instead; its header is removed, and its
 * sizes are not used, because those of a stream are wrong. Throws a {@link ModelFailure} for any other format.
 */
export class SpeechAudioReader {
  private readonly aligner = new SampleAligner();
  private start: Buffer | undefined = Buffer.alloc(0);
  private bytes = 0;

  /** Returns whole samples. */
  append(chunk: Buffer): Buffer {
    this.bytes += chunk.length;
    if (this.bytes > MAX_BYTES) throw new ModelFailure('malformed_answer');
    if (this.start === undefined) return this.aligner.append(chunk);
    this.start = Buffer.concat([this.start, chunk]);
    const samples = findSamples(this.start);
    if (samples === undefined) {
      if (this.start.length > MAX_HEADER_BYTES) throw new ModelFailure('malformed_answer');
      return Buffer.alloc(0);
    }
    this.start = undefined;
    return this.aligner.append(samples);
  }
}

/** Returns the bytes after the header of a WAV file, all bytes of PCM, or undefined until the header has arrived. */
function findSamples(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 4) return undefined;
  const magic = bytes.toString('latin1', 0, 4);
  if (magic.startsWith('ID3') || magic === 'OggS' || magic === 'fLaC' || magic.startsWith('{"'))
    throw new ModelFailure('malformed_answer');
  if (magic !== 'RIFF') return bytes;
  let hasFormat = false;
  for (let offset = 12; offset + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', offset, offset + 4);
    const size = bytes.readUInt32LE(offset + 4);
    const data = offset + 8;
    if (id === 'data') {
      if (!hasFormat) throw new ModelFailure('malformed_answer');
      return bytes.subarray(data);
    }
    if (data + size > bytes.length) return undefined;
    if (id === 'fmt ') hasFormat = isExpectedFormat(bytes.subarray(data, data + size));
    offset = data + size + (size % 2);
  }
  return undefined;
}

function isExpectedFormat(format: Buffer): boolean {
  if (format.length < 16) return false;
  const isPcm = [PCM_FORMAT, EXTENSIBLE_FORMAT].includes(format.readUInt16LE(0));
  return (
    isPcm &&
    format.readUInt16LE(2) === 1 &&
    format.readUInt32LE(4) === SAMPLE_RATE &&
    format.readUInt16LE(14) === 16
  );
}
