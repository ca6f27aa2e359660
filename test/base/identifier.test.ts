import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Identifiers, plainIdentifier } from '../../src/base/identifier.js';

/** ASCII letters, digits and single underscores; a letter first, no underscore last. */
const plain = /^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$/;

/** Words that C++17 keeps for itself, as [lex.key] lists them. */
const keywords = `alignas alignof asm auto bool break case catch char char16_t char32_t class const const_cast constexpr
  continue decltype default delete do double dynamic_cast else enum explicit export extern false float for friend goto if
  inline int long mutable namespace new noexcept nullptr operator private protected public register reinterpret_cast return
  short signed sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef
  typeid typename union unsigned using virtual void volatile wchar_t while and and_eq bitand bitor compl not not_eq or
  or_eq xor xor_eq`.split(/\s+/);

const hostile = [
  'a*/;system("x")',
  'line\nbreak',
  '\r\n#define x',
  `"quoted" and 'quoted'`,
  '../..',
  '/etc/passwd',
  '$(reboot)',
  '[exec reboot]',
  '`reboot`',
  'a\\b',
  'a\u0000b',
  '%n%s',
  '',
  ' ',
  '_',
  '__',
  '_Reserved',
  'a__b',
  'trailing_',
  '3d',
  '2',
  'größe',
  'η',
  '𝑥',
  '层',
  'x'.repeat(200),
  `${'x'.repeat(63)}_y`,
  `${'x'.repeat(61)}_int_y`,
  'AXOC_x',
  'ap_fixed',
  'AP_TRN',
  'ap_anything',
  'int_',
  '_int',
  'int*',
  'main',
  'std',
  ...keywords,
];

/** Text of all kinds, most of it close to what trips up generators of code. */
const names = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: fc.constantFrom('_', 'a', 'Z', '9', '.', ' ', '"', '\n', '/', 'ä'), maxLength: 90 }),
  fc.constantFrom(...hostile),
  fc.tuple(fc.constantFrom(...hostile), fc.constantFrom(...hostile)).map(([a, b]) => `${a}_${b}`),
  fc
    .tuple(fc.constantFrom('', '_', ' ', '-'), fc.constantFrom(...keywords), fc.constantFrom('', '_', '?', '__'))
    .map((parts) => parts.join('')),
);

function expectPlain(identifier: string): void {
  expect(identifier).toMatch(plain);
  expect(identifier.length).toBeLessThanOrEqual(64);
  expect(keywords).not.toContain(identifier);
  expect(identifier).not.toMatch(/^(ap|AP|AXOC)_/);
}

describe('plainIdentifier', () => {
  it.each(hostile)('makes a plain identifier of %j', (name) => {
    expectPlain(plainIdentifier(name));
  });

  it.each([
    ['dense 1', 'dense_1'],
    ['muon.pt[0]', 'muon_pt_0'],
    ['a*/;system("x")', 'a_system_x'],
    ['../..', 'n'],
    ['3d', 'n_3d'],
    ['class', 'n_class'],
    ['_x', 'x'],
    ['größe', 'gr_e'],
    ['η', 'n'],
    ['ap_fixed', 'n_ap_fixed'],
    ['AXOC_HLS', 'n_AXOC_HLS'],
    ['Class', 'Class'],
    ['x'.repeat(200), 'x'.repeat(64)],
    [`${'x'.repeat(63)}_y`, 'x'.repeat(63)],
  ])('makes of %j the identifier %s', (name, identifier) => {
    expect(plainIdentifier(name)).toBe(identifier);
  });

  it('makes a plain identifier of anything, and keeps one as it is', () => {
    fc.assert(
      fc.property(names, (name) => {
        const identifier = plainIdentifier(name);
        expectPlain(identifier);
        expect(plainIdentifier(identifier)).toBe(identifier);
      }),
      { numRuns: 3000, seed: 20 },
    );
  });
});

describe('Identifiers', () => {
  it('numbers what is taken', () => {
    const identifiers = new Identifiers();
    const given = ['x', 'x', 'x!', 'x_2', '?x', 'int', 'n_int'].map((name) => identifiers.allocate(name));
    expect(given).toEqual(['x', 'x_2', 'x_3', 'x_2_2', 'x_4', 'n_int', 'n_int_2']);
  });

  it('gives every name an identifier of its own', () => {
    fc.assert(
      fc.property(fc.array(names, { maxLength: 40 }), (list) => {
        const identifiers = new Identifiers();
        const given = list.map((name) => identifiers.allocate(name));
        expect(new Set(given).size).toBe(list.length);
      }),
      { numRuns: 300, seed: 21 },
    );
  });

  it('gives plain identifiers also where long names begin alike', () => {
    const identifiers = new Identifiers();
    const given = Array.from({ length: 12 }, (_, index) => identifiers.allocate(`${'long_'.repeat(13)}${index}`));
    expect(new Set(given).size).toBe(12);
    for (const identifier of given) {
      expectPlain(identifier);
      expect(plainIdentifier(identifier)).toBe(identifier);
    }
  });
});
