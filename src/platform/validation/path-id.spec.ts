import { readParam } from '@test/support/http/param-decorator.js';
import { platformErrors } from '../errors/index.js';
import { PathId } from './path-id.js';

const ID = '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11';
const read = (params: object): unknown => readParam(PathId('note_id', platformErrors.not_found), { params });

describe('an id of the path', () => {
  it('is injected in lower case, as the database writes it', () => {
    expect(read({ note_id: ID })).toBe(ID);
    expect(read({ note_id: ID.toUpperCase() })).toBe(ID);
  });

  it.each(['', 'x', ' ', `${ID} `, ID.slice(1), '../etc/passwd', '%00', "' OR 1=1", ID.replaceAll('-', '')])(
    'that is malformed, here %j, gets the error of an unknown one',
    (id) => {
      expect(() => read({ note_id: id })).toThrow('Not found.');
    },
  );

  it('that is missing gets the error of an unknown one', () => {
    expect(() => read({ other_id: ID })).toThrow('Not found.');
  });
});
