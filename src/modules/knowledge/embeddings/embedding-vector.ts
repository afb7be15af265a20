import { endianness } from 'node:os';

/** Dimensions of the largest models, with room. */
export const MAX_DIMENSIONS = 16_384;

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

/** Returns the values as little-endian 32-bit numbers, the form in which they are stored. */
export function encodeVector(vector: Float32Array): Buffer {
  const bytes = Buffer.from(
    Uint8Array.from(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)),
  );
  return IS_BIG_ENDIAN ? bytes.swap32() : bytes;
}

/** Reads one or more stored vectors into a memory of their own. */
export function decodeVectors(stored: Buffer): Float32Array {
  const bytes = new Uint8Array(stored);
  if (IS_BIG_ENDIAN) Buffer.from(bytes.buffer).swap32();
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / BYTES));
}
