/** Bytes at the end of a zip file in which the end of the central directory is found. */
const END_SEARCH_BYTES = 22 + 0xffff;
const END_OF_DIRECTORY = Buffer.from('PK\x05\x06', 'latin1');
const DIRECTORY_ENTRY = 0x02014b50;
const MAX_ENTRIES = 10_000;

export function isZip(buffer: Buffer): boolean {
  return buffer.length >= 4 && buffer.readUInt32BE(0) === 0x504b0304;
}

/** Returns the names in the central directory of a zip file; null when it has none, as of a cut file. */
export function readZipNames(buffer: Buffer): string[] | null {
  const searchFrom = Math.max(0, buffer.length - END_SEARCH_BYTES);
  const end = buffer.subarray(searchFrom).lastIndexOf(END_OF_DIRECTORY);
  if (end < 0 || searchFrom + end + 22 > buffer.length) return null;
  const names: string[] = [];
  let position = buffer.readUInt32LE(searchFrom + end + 16);
  while (names.length < MAX_ENTRIES && position + 46 <= buffer.length) {
    if (buffer.readUInt32LE(position) !== DIRECTORY_ENTRY) break;
    const nameEnd = position + 46 + buffer.readUInt16LE(position + 28);
    names.push(buffer.toString('utf8', position + 46, nameEnd).replaceAll('\\', '/'));
    position = nameEnd + buffer.readUInt16LE(position + 30) + buffer.readUInt16LE(position + 32);
  }
  return names.length > 0 ? names : null;
}
