import { describe, expect, it } from 'vitest';
import { suggest } from '../../src/base/nearest.js';

describe('suggest', () => {
  it.each([
    ['dense1', ['dense1', 'dense2'], 'did you mean "dense1"?'],
    ['dnese', ['relu', 'dense'], 'did you mean "dense"?'],
    ['wieghts_of_layer', ['weights_of_layers', 'bias'], 'did you mean "weights_of_layers"?'],
    ['rl', ['relu', 'dense'], 'did you mean "relu"?'],
  ])('names the known name that %s is near to', (unknown, known, hint) => {
    expect(suggest(unknown, known)).toBe(hint);
  });

  it('lists all known names when none is near', () => {
    expect(suggest('sigmoid', ['relu', 'dense'])).toBe('known here: relu, dense');
  });

  it('has nothing to say when nothing is known', () => {
    expect(suggest('x', [])).toBeUndefined();
  });
});
