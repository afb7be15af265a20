import { assertUnchanged, ReadOnlyField } from './read-only-fields.js';

class Request {
  @ReadOnlyField()
  id?: unknown;

  @ReadOnlyField()
  created_at?: unknown;

  name?: string;
}

class Extended extends Request {
  @ReadOnlyField()
  tags?: unknown;
}

const CURRENT = { id: 'a', created_at: new Date('2026-04-16T10:00:03.120Z'), name: 'Ada', tags: ['x', 'y'] };

const request = (fields: object, type: new () => object = Request): object =>
  Object.assign(new type(), fields);

describe('a read-only field', () => {
  it.each([
    ['absent', {}],
    ['undefined', { id: undefined }],
    ['its current value', { id: 'a' }],
    ['a time in the format of the response', { created_at: '2026-04-16T10:00:03.120Z' }],
  ])('accepts %s', (_what, fields) => {
    expect(() => assertUnchanged(request(fields), CURRENT)).not.toThrow();
  });

  it.each([
    ['another value', { id: 'b' }, 'id'],
    ['null', { id: null }, 'id'],
    ['a value of another type', { id: ['a'] }, 'id'],
    ['another format of the same time', { created_at: '2026-04-16T10:00:03.12Z' }, 'created_at'],
  ])('refuses %s', (_what, fields, field) => {
    let thrown: unknown;
    try {
      assertUnchanged(request(fields), CURRENT);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ status: 400, code: 'field_read_only', detail: { field } });
  });

  it('does not restrict the other fields', () => {
    expect(() => assertUnchanged(request({ name: 'Bob' }), CURRENT)).not.toThrow();
    expect(() => assertUnchanged(request({ tags: ['z'] }), CURRENT)).not.toThrow();
  });

  it('of a subclass adds to those of its parent, and not to the parent', () => {
    expect(() => assertUnchanged(request({ tags: ['x', 'y'] }, Extended), CURRENT)).not.toThrow();
    expect(() => assertUnchanged(request({ tags: ['y', 'x'] }, Extended), CURRENT)).toThrow();
    expect(() => assertUnchanged(request({ id: 'b' }, Extended), CURRENT)).toThrow();
  });

  it('cannot be set where the resource has no value', () => {
    expect(() => assertUnchanged(request({ id: 'a' }), {})).toThrow();
  });
});
