/** Quantisers as users write them. */
import { describe, expect, it } from 'vitest';
import { printFormat } from '../../src/fixed/format.js';
import { type QuantiserText, readQuantiser } from '../../src/network/quantiser.js';

const read = (
  text: QuantiserText,
  meaning: 'quantized_bits' | 'quantized_relu' = 'quantized_bits',
): string | undefined => {
  const format = readQuantiser(text, meaning, 'config.yaml: model.quantisers.encoder1');
  return format && printFormat(format);
};

describe('a quantiser', () => {
  it.each<[QuantiserText, string]>([
    // QKeras leaves the sign out of the integer bits.
    ['quantized_bits(6,2)', 'ap_fixed<6,3,AP_RND_CONV,AP_SAT>'],
    ['quantized_relu(10,6)', 'ap_ufixed<10,6,AP_RND_CONV,AP_SAT>'],
    [' quantized_bits( 8 , -1 ) ', 'ap_fixed<8,0,AP_RND_CONV,AP_SAT>'],
    ['ap_fixed<8,5>', 'ap_fixed<8,5>'],
    ['ap_ufixed<8,-2,AP_RND_INF,AP_SAT_ZERO>', 'ap_ufixed<8,-2,AP_RND_INF,AP_SAT_ZERO>'],
    ['ap_int<7>', 'ap_int<7>'],
    [[10, 6], 'ap_fixed<10,7,AP_RND_CONV,AP_SAT>'],
  ])('%s is %s', (text, type) => expect(read(text)).toBe(type));

  it('as a pair means what stands in its place', () => {
    expect(read([10, 6], 'quantized_relu')).toBe('ap_ufixed<10,6,AP_RND_CONV,AP_SAT>');
  });

  it('none is floating point', () => expect(read('none')).toBeUndefined());

  it.each<[QuantiserText, string]>([
    ['quantized_bits(6)', '"quantized_bits(6)" is not a quantiser'],
    ['quantized_bits(6,2,1)', '"quantized_bits(6,2,1)" is not a quantiser'],
    ['quantised_bits(6,2)', 'is not a quantiser'],
    ['', '"" is not a quantiser'],
    [[6, 2.5], '[6,2.5] is not a pair of integers'],
    [[6] as never, '[6] is not a pair of integers'],
    ['quantized_bits(0,0)', 'quantized_bits(0,0): the width 0 is outside 1 to 1024'],
    ['ap_fixed<8>', '"ap_fixed<8>" has 1 argument(s)'],
  ])('%s is refused', (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow('config.yaml: model.quantisers.encoder1');
    expect(() => read(text)).toThrow('\n  help: ');
  });
});
