import { changedFields } from './changed-fields.js';

interface Row {
  name: string;
  count: number;
  tags: string[];
  note: string | null;
  at?: Date;
}

const ROW: Row = { name: 'Ada', count: 0, tags: ['a', 'b'], note: null, at: new Date('2026-01-01') };

describe('changedFields', () => {
  it('returns nothing for a request without fields and for a copy of the row', () => {
    expect(changedFields(ROW, {})).toEqual({});
    expect(changedFields(ROW, { ...ROW, tags: [...ROW.tags], at: new Date('2026-01-01') })).toEqual({});
  });

  it('ignores undefined fields, which were not requested', () => {
    expect(changedFields(ROW, { name: undefined, note: undefined })).toEqual({});
  });

  it.each<[string, Partial<Row>]>([
    ['another value', { name: 'ada' }],
    ['another number', { count: -1 }],
    ['null instead of a value', { name: null as unknown as string }],
    ['a value instead of null', { note: '' }],
    ['another order of a list', { tags: ['b', 'a'] }],
    ['a shorter list', { tags: ['a'] }],
    ['another time', { at: new Date('2026-01-02') }],
  ])('returns %s', (_what, requested) => {
    expect(changedFields(ROW, requested)).toEqual(requested);
  });

  it('returns only the fields that differ', () => {
    expect(changedFields(ROW, { name: 'Ada', count: 1, tags: ['a', 'b'] })).toEqual({ count: 1 });
  });

  it('tells 0 from -0 and takes NaN as equal to NaN', () => {
    expect(changedFields(ROW, { count: -0 })).toEqual({ count: -0 });
    expect(changedFields({ ...ROW, count: NaN }, { count: NaN })).toEqual({});
  });
});
