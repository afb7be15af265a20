import type { ReceivedFile } from '@/platform/uploads/index.js';
import { AudioError } from '../audio/audio-error.js';
import { type AudioFormat, AudioInput } from '../audio/audio-input.js';
import { SAMPLE_RATE, BYTES_PER_SAMPLE } from '../audio/pcm.js';
import { decodeWav } from './wav-file.js';

export const MAX_RECORDING_SECONDS = 300;
const MAX_SAMPLES = MAX_RECORDING_SECONDS * SAMPLE_RATE;
/** A WAV file is read as a whole. */
const MAX_WAV_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 64 * 1024;

/**
 * Returns the PCM of a recording: a WAV file, or one stream of Opus in Ogg or WebM, which is told by its content. Throws an
 * {@link AudioError} for other, damaged, empty and too long files.
 */
export async function decodeRecording(file: ReceivedFile): Promise<Buffer> {
  const format = await detectFormat(file);
  const pcm = format === 'wav' ? await readWavFile(file) : await decodeOpus(file, format);
  if (pcm.length === 0) throw new AudioError('The file has no audio.');
  return pcm;
}

async function detectFormat(file: ReceivedFile): Promise<AudioFormat | 'wav'> {
  const magic = await readStart(file);
  if (magic.startsWith('52494646') && magic.endsWith('57415645')) return 'wav';
  if (magic.startsWith('4f676753')) return 'opus-ogg';
  if (magic.startsWith('1a45dfa3')) return 'opus-webm';
  throw new AudioError('The file must be WAV, or Opus in Ogg or WebM.');
}

/** Returns the first twelve bytes in hexadecimal. */
async function readStart(file: ReceivedFile): Promise<string> {
  for await (const piece of file.pieces(12)) return piece.toString('hex');
  return '';
}

async function readWavFile(file: ReceivedFile): Promise<Buffer> {
  if (file.size > MAX_WAV_BYTES) throw new AudioError('The audio is too long.');
  const pieces: Buffer[] = [];
  for await (const piece of file.pieces(PIECE_BYTES)) pieces.push(piece);
  return decodeWav(Buffer.concat(pieces), MAX_SAMPLES);
}

async function decodeOpus(file: ReceivedFile, format: AudioFormat): Promise<Buffer> {
  const input = new AudioInput(format);
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of file.pieces(PIECE_BYTES)) {
      await input.append(piece, (pcm) => {
        bytes += pcm.length;
        parts.push(pcm);
      });
      if (bytes > MAX_SAMPLES * BYTES_PER_SAMPLE) throw new AudioError('The audio is too long.');
    }
    return Buffer.concat(parts);
  } finally {
    input.close();
  }
}
