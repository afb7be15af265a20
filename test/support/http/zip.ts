import { inflateRawSync } from 'node:zlib';

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const STORED = 0;

/** Returns the files of a ZIP archive by name, from its central directory. */
export function unzip(archive: Buffer): Record<string, Buffer> {
  let end = archive.length - 22;
  while (end >= 0 && archive.readUInt32LE(end) !== END_OF_CENTRAL_DIRECTORY) end -= 1;
  if (end < 0) throw new Error('This is not a ZIP archive.');
  const files: Record<string, Buffer> = {};
  let entryOffset = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      archive.readUInt16LE(entryOffset + offset),
    );
    const name = archive.toString('utf8', entryOffset + 46, entryOffset + 46 + (nameLength ?? 0));
    files[name] = readContent(archive, archive.readUInt32LE(entryOffset + 42), {
      method: archive.readUInt16LE(entryOffset + 10),
      size: archive.readUInt32LE(entryOffset + 20),
    });
    entryOffset += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return files;
}

function readContent(
  archive: Buffer,
  headerOffset: number,
  { method, size }: { method: number; size: number },
): Buffer {
  const start =
    headerOffset + 30 + archive.readUInt16LE(headerOffset + 26) + archive.readUInt16LE(headerOffset + 28);
  const content = archive.subarray(start, start + size);
  return method === STORED ? content : inflateRawSync(content);
}
