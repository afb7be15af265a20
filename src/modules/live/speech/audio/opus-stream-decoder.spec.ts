import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { AudioError } from './audio-error.js';
import { AudioInput } from './audio-input.js';
import { isValidPacket } from './opus-packets.js';
import { type OpusContainer, OpusStreamDecoder } from './opus-stream-decoder.js';
import { levelOf, pcmDurationMs } from './pcm.js';

// Each has one second of a tone and 0.8 seconds of silence, made by ffmpeg. The WebM is a live one, without a duration.
const fixture = (name: string): Buffer => readFileSync(join(__dirname, '../../../../../test/fixtures', name));
const FILES: [OpusContainer, Buffer][] = [
  ['webm', fixture('tone.webm')],
  ['ogg', fixture('tone.ogg')],
];

async function decode(container: OpusContainer, pieces: readonly Buffer[]): Promise<Buffer> {
  const decoder = new OpusStreamDecoder(container);
  const parts: Buffer[] = [];
  for (const piece of pieces) parts.push(await decoder.append(piece));
  decoder.close();
  return Buffer.concat(parts);
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

describe.each(FILES)('Opus in %s', (container, file) => {
  it('has the duration of its samples', async () => {
    const pcm = await decode(container, [file]);
    // The last packet is padded to 20 ms, and the pre-skip is removed.
    expect(pcmDurationMs(pcm)).toBeGreaterThanOrEqual(1800);
    expect(pcmDurationMs(pcm)).toBeLessThanOrEqual(1820);
    expect(levelOf(pcm, 0, 40_000)).toBeGreaterThan(-30);
    expect(levelOf(pcm, 52_000)).toBeLessThan(-60);
  });

  it('is the same in pieces of any size', async () => {
    const whole = await decode(container, [file]);
    for (const size of [1, 100]) expect(await decode(container, cut(file, size))).toEqual(whole);
  });

  it('is one stream for each connection', async () => {
    const again = Buffer.from(file);
    if (container === 'ogg') again.writeUInt32LE(1, 14);
    await expect(decode(container, [file, again])).rejects.toThrow(AudioError);
  });

  it('that is damaged is an audio error, or loses packets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (index, change) => {
        const damaged = Buffer.from(file);
        damaged[index] = (damaged[index] ?? 0) ^ change;
        const decoded = await decode(container, [damaged]).catch((error: unknown) => error);
        expect(decoded instanceof AudioError || Buffer.isBuffer(decoded)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it('that is garbage is an audio error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 5, maxLength: 200 }), async (bytes) => {
        const decoded = await decode(container, [Buffer.from(bytes)]).catch((error: unknown) => error);
        expect(decoded instanceof AudioError || (decoded as Buffer).length === 0).toBe(true);
      }),
      { numRuns: 10 },
    );
  });
});

describe('an Opus packet', () => {
  const packet = (...bytes: number[]): Buffer => Buffer.from(bytes);

  it.each([
    ['one frame', packet(0x48, 1, 2, 3), true],
    ['no frame', packet(0x48), false],
    ['nothing', packet(), false],
    ['two equal frames', packet(0x49, 1, 2), true],
    ['two unequal frames of one size', packet(0x49, 1, 2, 3), false],
    ['a first frame that is longer than the packet', packet(0x4a, 9, 1), false],
    ['two frames with a size', packet(0x4a, 1, 1, 2), true],
    ['three frames', packet(0x4b, 3, 1, 2, 3), true],
    ['no frames', packet(0x4b, 0, 1), false],
    ['more than 120 ms', packet(0x4b, 13, ...new Array<number>(13).fill(1)), false],
    ['padding that is longer than the packet', packet(0x4b, 0x41, 200, 1), false],
  ])('with %s is valid: %#', (_, bytes, expected) => {
    expect(isValidPacket(bytes)).toBe(expected);
  });
});

describe('the audio of a connection', () => {
  it('arrives in the order in which it was sent', async () => {
    const file = fixture('tone.webm');
    const input = new AudioInput('opus-webm');
    const parts: Buffer[] = [];
    await Promise.all(cut(file, 300).map((piece) => input.append(piece, (pcm) => parts.push(pcm))));
    input.close();
    expect(Buffer.concat(parts)).toEqual(await decode('webm', [file]));
  });

  it('keeps the halves of samples together', async () => {
    const input = new AudioInput('pcm16');
    const parts: Buffer[] = [];
    for (const byte of [1, 2, 3, 4, 5]) await input.append(Buffer.from([byte]), (pcm) => parts.push(pcm));
    expect(Buffer.concat(parts)).toEqual(Buffer.from([1, 2, 3, 4]));
  });
});
