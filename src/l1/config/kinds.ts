/** The kinds of value that configuration keys take. Each carries its default; a key's sentence (`describe`) says meaning and unit. */
import { z } from 'zod';

/** A group of keys. An absent group, and every absent key in it, has its default. */
export function group<Shape extends z.core.$ZodShape>(sentence: string, shape: Shape) {
  return z
    .strictObject(shape)
    .prefault({} as never)
    .describe(sentence);
}

export const count = z.int().min(0);
export const positiveCount = z.int().min(1);
export const positive = z.number().gt(0);
export const notNegative = z.number().min(0);
/** Between 0 and 1, both included. */
export const fraction = z.number().min(0).max(1);
export const path = z.string().min(1, 'a text that is not empty expected');

/** A key of a free-form map. */
export const mapKey = z.string().regex(/^[A-Za-z_][\w/. -]*$/, 'a name of letters, digits and _ / . - expected');
export const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

/** `[bits, integer bits]` as QKeras counts them: all bits, and those before the point without the sign. [8, 5] has 2 after it. */
export const bitsPair = z.tuple([z.int().min(1).max(64), z.int().min(-64).max(64)]);

/** Text of a quantiser: `quantized_bits(8,5)`, `quantized_relu(10,6)`, `ap_fixed<10,7,AP_RND_CONV,AP_SAT>`. */
export const quantiser = z
  .string()
  .regex(/^(none|quantized_(bits|relu)\(\s*\d+\s*,\s*-?\d+\s*\)|ap_u?(fixed|int)<[^<>]+>)$/, {
    error: 'a quantiser expected: quantized_bits(8,5), quantized_relu(10,6), ap_fixed<W,I,Q,O> or none',
  });

/** Events from the first to before the second. */
export const sector = z.tuple([count, count]);

/** Rows of the event table that hold one kind of object: one row, or from the first to before the second. */
export const rowRange = z.union([count, sector], {
  error: 'a row or [first row, row after the last] expected',
});
