import fc from 'fast-check';
import { idFromBytes, idToBytes, isId, newId, randomId } from './ids.js';

const ID = '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11';

describe('ids', () => {
  it('are UUIDs of version 7 in the order of their creation', () => {
    const ids = Array.from({ length: 1000 }, () => newId());
    expect(ids.every((id) => isId(id) && id[14] === '7')).toBe(true);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(1000);
  });

  it('without an order are UUIDs of version 4', () => {
    const id = randomId();
    expect(isId(id) && id[14] === '4').toBe(true);
    expect(randomId()).not.toBe(id);
  });

  it.each([
    ['', false],
    [ID, true],
    [ID.toUpperCase(), true],
    ['00000000-0000-0000-0000-000000000000', true],
    [ID.replaceAll('-', ''), false],
    [`{${ID}}`, false],
    [`${ID}\n`, false],
    [` ${ID}`, false],
    [`${ID}0`, false],
    [ID.slice(0, -1), false],
    [ID.replace('0197', '019g'), false],
    [ID.replace('0197', '０１９７'), false],
  ])('are recognized: %j is one: %s', (text, expected) => {
    expect(isId(text)).toBe(expected);
  });

  it('survive the conversion to bytes and back', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(idToBytes(id)).toHaveLength(16);
        expect(idFromBytes(idToBytes(id))).toBe(id);
      }),
    );
  });

  it('of too few bytes are not ids', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 15 }), (bytes) => {
        expect(isId(idFromBytes(Buffer.from(bytes)))).toBe(false);
      }),
    );
  });
});
