import { decodeLegacy, type LegacyEncoding } from '@/modules/knowledge/extraction/legacy-encoding.js';

const tables = new Map<LegacyEncoding, Map<string, number[]>>();

/** Inverts the decoder, since Node.js has no encoder for these encodings. */
function tableOf(encoding: LegacyEncoding): Map<string, number[]> {
  const known = tables.get(encoding);
  if (known !== undefined) return known;
  const table = new Map<string, number[]>();
  const add = (bytes: number[]) => {
    const character = decodeLegacy(Uint8Array.from(bytes), encoding);
    if (character.length === 1 && character !== '\ufffd' && !table.has(character))
      table.set(character, bytes);
  };
  for (let byte = 0; byte < 0x100; byte += 1) add([byte]);
  for (let lead = 0x81; lead < 0xff; lead += 1)
    for (let trail = 0x40; trail < 0xff; trail += 1) add([lead, trail]);
  tables.set(encoding, table);
  return table;
}

/** Returns the bytes of a text in an encoding that files had before UTF-8. */
export function encodeLegacy(text: string, encoding: LegacyEncoding): Uint8Array {
  const table = tableOf(encoding);
  return Uint8Array.from(
    [...text].flatMap((character) => {
      const bytes = table.get(character);
      if (bytes === undefined) throw new Error(`${encoding} has no ${character}`);
      return bytes;
    }),
  );
}
