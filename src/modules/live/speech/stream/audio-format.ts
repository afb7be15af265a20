import type { AudioFormat } from '../audio/audio-input.js';

const EBML = Buffer.from([0x1a, 0x45, 0xdf, 0xa3]);

/** Returns the format of a stream by its first bytes. What is no container is PCM. */
export function detectAudioFormat(firstBytes: Buffer): AudioFormat {
  if (firstBytes.subarray(0, 4).equals(EBML)) return 'opus-webm';
  return firstBytes.toString('latin1', 0, 4) === 'OggS' ? 'opus-ogg' : 'pcm16';
}
