import fc from 'fast-check';
import { deriveSlug, toXcRole } from './organizations.rules.js';

describe('slugFrom', () => {
  it.each([
    ['Acme Learning', 'acme-learning'],
    ['  Ça va, Zoë?  ', 'ca-va-zoe'],
    ['学校', 'organization'],
  ])('makes %j into %s', (name, slug) => {
    expect(deriveSlug(name)).toBe(slug);
  });

  it('always makes a valid slug', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
        expect(deriveSlug(name, '123456')).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      }),
    );
  });
});

it('shows owners and admins as admin on the XC face, everybody else as member', () => {
  expect((['owner', 'admin', 'team_manager', 'member', null] as const).map(toXcRole)).toEqual([
    'admin',
    'admin',
    'member',
    'member',
    'member',
  ]);
});
