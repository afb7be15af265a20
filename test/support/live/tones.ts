import { msToSamples, SAMPLE_RATE, toPcm } from '@/modules/live/speech/audio/pcm.js';

/** Returns PCM of a tone, which counts as voice. */
export function tone(ms: number, { amplitude = 0.3, hertz = 220 } = {}): Buffer {
  const values = Float32Array.from(
    { length: msToSamples(ms) },
    (_, index) => amplitude * Math.sin((2 * Math.PI * hertz * index) / SAMPLE_RATE),
  );
  return toPcm(values);
}

export function silence(ms: number): Buffer {
  return Buffer.alloc(msToSamples(ms) * 2);
}

/** Returns soft noise, the same each time. */
export function noise(ms: number, amplitude = 0.001): Buffer {
  let state = 1;
  const values = Float32Array.from({ length: msToSamples(ms) }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return amplitude * ((2 * state) / 2_147_483_647 - 1);
  });
  return toPcm(values);
}

/** Cuts PCM into frames. */
export function framesOf(pcm: Buffer, ms = 20): Buffer[] {
  const size = msToSamples(ms) * 2;
  return Array.from({ length: Math.ceil(pcm.length / size) }, (_, index) =>
    pcm.subarray(index * size, (index + 1) * size),
  );
}
