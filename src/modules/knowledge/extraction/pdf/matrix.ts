/** An affine transformation [a b c d e f] of PDF: x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [number, number, number, number, number, number];

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** Returns the transformation that applies `inner` first and `outer` second. */
export function multiply(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  return [
    a * inner[0] + c * inner[1],
    b * inner[0] + d * inner[1],
    a * inner[2] + c * inner[3],
    b * inner[2] + d * inner[3],
    a * inner[4] + c * inner[5] + e,
    b * inner[4] + d * inner[5] + f,
  ];
}

export function apply([a, b, c, d, e, f]: Matrix, x: number, y: number): [number, number] {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** Returns the length of a vector after the transformation. */
export function lengthOf([a, b, c, d]: Matrix, x: number, y: number): number {
  return Math.hypot(a * x + c * y, b * x + d * y);
}

/** Reads a matrix from the arguments of an operator: an array or a typed array with the keys 0 to 5. */
export function toMatrix(value: unknown): Matrix {
  const numbers = Array.from(value as ArrayLike<number>);
  const at = (index: number): number => numbers[index] ?? IDENTITY[index] ?? 0;
  return [at(0), at(1), at(2), at(3), at(4), at(5)];
}
