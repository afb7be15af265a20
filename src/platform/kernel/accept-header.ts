/** Returns the weight of a type in an `Accept` header; 0 when the header does not name it. */
export function acceptWeight(accept: string, type: string): number {
  const named = accept.split(',').find((part) => part.trim().toLowerCase().startsWith(type));
  return named === undefined ? 0 : Number(/;\s*q=([\d.]+)/i.exec(named)?.[1] ?? 1);
}
