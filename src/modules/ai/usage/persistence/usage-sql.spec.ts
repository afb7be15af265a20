import { type UsageItem, usageColumns, usageUpsertSql } from './usage-sql.js';

function usageItem(fields: Partial<UsageItem>): UsageItem {
  return {
    month: '2026-11-01',
    userId: 'u',
    keyId: null,
    organizationId: null,
    provider: 'p',
    model: 'm',
    inputTokens: 1,
    outputTokens: 2,
    ...fields,
  };
}

const parametersOf = (sql: string): number[] =>
  [...sql.matchAll(/\$(\d+)::/g)].map(([, number]) => Number(number));

describe('usageUpsertSql', () => {
  it.each([1, 9])('has one parameter for each column, from number %d', (first) => {
    const columns = usageColumns([usageItem({})]);
    expect(parametersOf(usageUpsertSql(first))).toEqual(columns.map((_, index) => first + index));
  });

  it('has one more parameter when calls are restricted to an expression', () => {
    const sql = usageUpsertSql(9, 'ended');
    expect(parametersOf(sql)).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17]);
    expect(sql).toContain('JOIN ended a ON a.id = i.part');
    expect(usageUpsertSql(9)).not.toContain('i.part');
  });

  it('writes in the order of the keys, so that two statements cannot deadlock', () => {
    expect(usageUpsertSql(1).match(/ORDER BY/g)).toHaveLength(2);
  });
});

describe('usageColumns', () => {
  it('has an array for each column, in the order of the items', () => {
    const items = [usageItem({ keyId: 'k' }), usageItem({ model: 'n', outputTokens: 0 })];
    expect(usageColumns(items)).toEqual([
      ['2026-11-01', '2026-11-01'],
      ['u', 'u'],
      ['k', null],
      [null, null],
      ['p', 'p'],
      ['m', 'n'],
      [1, 1],
      [2, 0],
    ]);
  });

  it('has eight empty arrays without items', () => {
    expect(usageColumns([])).toEqual(Array.from({ length: 8 }, () => []));
  });
});
