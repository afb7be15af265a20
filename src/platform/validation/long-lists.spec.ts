import { performance } from 'node:perf_hooks';
import type { FieldError } from '../errors/index.js';
import { RequestPipe } from './request-pipe.js';
import { ObjectListField, TextField, TimestampField } from './index.js';

class Turn {
  @TextField({ max: 10, trim: true })
  text!: string;

  @TimestampField()
  at!: Date;
}

class Turns {
  @TextField({ max: 10 })
  title!: string;

  @ObjectListField(() => Turn, { maxItems: 5000 })
  turns!: Turn[];
}

const turn = { text: ' hello ', at: '2026-04-16T10:00:00Z' };
const listOf = (length: number): object[] => Array.from({ length }, () => turn);

async function transform(body: object): Promise<Turns> {
  return (await new RequestPipe().transform(body, { type: 'body', metatype: Turns })) as Turns;
}

async function errorsOf(body: object): Promise<string[]> {
  try {
    await transform(body);
  } catch (error) {
    const { code, detail } = error as { code: string; detail: { fields: FieldError[] } };
    expect(code).toBe('validation_failed');
    return detail.fields.map(({ path, rule }) => `${path}: ${rule}`);
  }
  return [];
}

describe('a request with a long list of objects', () => {
  it.each([0, 1, 200, 201, 5000])('becomes one with %i instances of their class', async (length) => {
    const { turns, title } = await transform({ title: 'x', turns: listOf(length) });
    expect([title, turns.length]).toEqual(['x', length]);
    for (const item of turns) {
      expect(item).toBeInstanceOf(Turn);
      expect([item.text, item.at]).toEqual(['hello', new Date(turn.at)]);
    }
  });

  it('is refused as one with a short list', async () => {
    for (const noObject of [7, null, []])
      expect(await errorsOf({ title: 'x', turns: [...listOf(450), noObject] })).toEqual([
        'turns.450: object',
      ]);
    for (const item of [{ ...turn, text: 1 }, { ...turn, x: 1 }, {}]) {
      const expected = await errorsOf({ title: 'x', turns: [...listOf(3), item] });
      expect(expected).not.toEqual([]);
      const errors = await errorsOf({ title: 'x', turns: [...listOf(450), item] });
      expect(errors).toEqual(expected.map((error) => error.replace('.3', '.450')));
    }
    expect(await errorsOf({ turns: listOf(300) })).toEqual(['title: required']);
    expect(await errorsOf({ title: 'x', turns: listOf(5001) })).toEqual(['turns: list_size']);
  });

  it('has at most 20 errors', async () => {
    expect(await errorsOf({ title: 'x', turns: Array.from({ length: 5000 }, () => ({})) })).toHaveLength(20);
  });

  it('lets others run while it is validated', async () => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const started = performance.now();
    await transform({ title: 'x', turns: listOf(5000) });
    const all = performance.now() - started;
    clearInterval(timer);
    expect(longest).toBeLessThan(all / 2);
  });
});
