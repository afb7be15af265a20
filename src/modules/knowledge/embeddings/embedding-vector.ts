import { endianness } from 'node:os';

/** More than models have, and the limit of pgvector. */
export const MAX_DIMENSIONS = 16_000;

const BYTES = Float32Array.BYTES_PER_ELEMENT;
const IS_BIG_ENDIAN = endianness() === 'BE';

/**
 * Returns the vector with the length 1. Returns null for what has no direction: an empty or a zero vector, and one with a
 * value that is not a finite number.
 */
export function toUnitVector(values: unknown): Float32Array | null {
  if (!Array.isArray(values) || values.length === 0 || values.length > MAX_DIMENSIONS) return null;
  let largest = 0;
  for (const value of values as unknown[]) {
    if (typeof value !== 'number' || !Number.isFinite(value)) return null;
    largest = Math.max(largest, Math.abs(value));
  }
  if (largest === 0) return null;
  // Divided by the largest value first: the squares of very large or small numbers would be infinite or zero.
  const scaled = Float64Array.from(values as number[], (value) => value / largest);
  const norm = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(scaled, (value) => value / norm);
}

/** The header of an array: the number of dimensions, whether there are nulls, the type `real`, the length, the first index. */
const HEADER = [1, 0, 700];
const HEADER_BYTES = 20;

/** Returns the vectors, one after the other, as a `real[]` in the binary form of PostgreSQL. */
export function encodeVectors(vectors: readonly Float32Array[]): Buffer {
  const length = vectors.reduce((sum, vector) => sum + vector.length, 0);
  const bytes = Buffer.alloc(HEADER_BYTES + length * 2 * BYTES);
  for (const [index, value] of [...HEADER, length, 1].entries()) bytes.writeInt32BE(value, index * BYTES);
  let offset = HEADER_BYTES;
  for (const vector of vectors)
    for (const value of vector) {
      bytes.writeInt32BE(BYTES, offset);
      bytes.writeFloatBE(value, offset + BYTES);
      offset += 2 * BYTES;
    }
  return bytes;
}

/** Reads arrays of `dimensions` numbers, as `array_send` of PostgreSQL returns them, one after the other. */
export function decodeVectors(stored: Buffer, dimensions: number): Float32Array {
  const bytes = Buffer.from(new Uint8Array(stored).buffer);
  if (!IS_BIG_ENDIAN) bytes.swap32();
  const numbers = new Float32Array(bytes.buffer);
  const size = HEADER_BYTES / BYTES + 2 * dimensions;
  const count = Math.floor(numbers.length / size);
  const vectors = new Float32Array(count * dimensions);
  for (let vector = 0; vector < count; vector += 1) {
    const first = vector * size + HEADER_BYTES / BYTES + 1;
    const start = vector * dimensions;
    for (let index = 0; index < dimensions; index += 1)
      vectors[start + index] = numbers[first + 2 * index] as number;
  }
  return vectors;
}
