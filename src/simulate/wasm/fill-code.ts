/** WebAssembly that turns hardware integers into input rows: eight columns at a time, in the simulator's own memory. */
import binaryen from 'binaryen';

/** Element types of the tables it takes. */
export type FillSource = 'int16' | 'int32' | 'float32';

/** Words of an input row. */
export type FillTarget = 16 | 32;

const sources: readonly FillSource[] = ['int16', 'int32', 'float32'];

/** Columns taken together: rows must have at least as many. */
const fillColumns = 8;

/**
 * A module that imports `simulator.memory`. For each type it has a function (source, target, rows, width, bounds) of
 * addresses and counts: `target = source * factor`, row by row. At `bounds` stand the lowest value of each column, then the
 * highest, then the factor, in 32 bits. It gives 0 if every value was an integer in its bounds; low <= 0 <= high, so that no
 * difference wraps to the other sign.
 */
export function compileFill(target: FillTarget): Uint8Array {
  const functions = sources.map((source) => fillFunction(source, target));
  const module = binaryen.parseText(`(module (import "simulator" "memory" (memory 1)) ${functions.join('\n')})`);
  try {
    module.setFeatures(binaryen.Features.SIMD128);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** The last columns of a row may be taken twice: it makes no difference. */
function fillFunction(source: FillSource, target: FillTarget): string {
  const bytes = source === 'int16' ? 2 : 4;
  return `(func (export "${source}")
    (param $source i32) (param $target i32) (param $rows i32) (param $width i32) (param $bounds i32) (result i32)
    (local $column i32) (local $from i32) (local $to i32) (local $low i32) (local $high i32) (local $factor i32)
    (local $raw v128) (local $a v128) (local $b v128) (local $bad v128)
    (loop $row
      (local.set $column (i32.const 0))
      (loop $columns
        (local.set $from (i32.add (local.get $source) (i32.mul (local.get $column) (i32.const ${bytes}))))
        (local.set $low (i32.add (local.get $bounds) (i32.mul (local.get $column) (i32.const 4))))
        (local.set $high (i32.add (local.get $low) (i32.mul (local.get $width) (i32.const 4))))
        (local.set $factor (i32.add (local.get $high) (i32.mul (local.get $width) (i32.const 4))))
        ${loads(source)}
        ${check('$a', 0)}
        ${check('$b', 16)}
        (local.set $a (i32x4.mul (local.get $a) (v128.load align=4 (local.get $factor))))
        (local.set $b (i32x4.mul (local.get $b) (v128.load offset=16 align=4 (local.get $factor))))
        (local.set $to (i32.add (local.get $target) (i32.mul (local.get $column) (i32.const ${target / 8}))))
        ${store(target)}
        (if (i32.lt_s (i32.add (local.get $column) (i32.const ${fillColumns})) (local.get $width)) (then
          (local.set $column (i32.add (local.get $column) (i32.const ${fillColumns})))
          (if (i32.gt_s (i32.add (local.get $column) (i32.const ${fillColumns})) (local.get $width)) (then
            (local.set $column (i32.sub (local.get $width) (i32.const ${fillColumns})))))
          (br $columns))))
      (local.set $source (i32.add (local.get $source) (i32.mul (local.get $width) (i32.const ${bytes}))))
      (local.set $target (i32.add (local.get $target) (i32.mul (local.get $width) (i32.const ${target / 8}))))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))
    (i32x4.bitmask (local.get $bad)))`;
}

/** Eight values as integers in $a and $b; a float that is none marks $bad. */
function loads(source: FillSource): string {
  const load = (offset: number): string => `(v128.load offset=${offset} align=2 (local.get $from))`;
  switch (source) {
    case 'int16':
      return `(local.set $raw ${load(0)})
        (local.set $a (i32x4.extend_low_i16x8_s (local.get $raw)))
        (local.set $b (i32x4.extend_high_i16x8_s (local.get $raw)))`;
    case 'int32':
      return `(local.set $a ${load(0)}) (local.set $b ${load(16)})`;
    case 'float32':
      return [
        { lanes: '$a', offset: 0 },
        { lanes: '$b', offset: 16 },
      ]
        .map(
          ({ lanes, offset }) => `(local.set $raw ${load(offset)})
        (local.set ${lanes} (i32x4.trunc_sat_f32x4_s (local.get $raw)))
        (local.set $bad (v128.or (local.get $bad)
          (f32x4.ne (f32x4.convert_i32x4_s (local.get ${lanes})) (local.get $raw))))`,
        )
        .join('\n');
  }
}

function check(lanes: string, offset: number): string {
  return `(local.set $bad (v128.or (local.get $bad) (v128.or
          (i32x4.sub (local.get ${lanes}) (v128.load offset=${offset} align=4 (local.get $low)))
          (i32x4.sub (v128.load offset=${offset} align=4 (local.get $high)) (local.get ${lanes})))))`;
}

function store(target: FillTarget): string {
  if (target === 16) return '(v128.store align=2 (local.get $to) (i16x8.narrow_i32x4_s (local.get $a) (local.get $b)))';
  return '(v128.store align=4 (local.get $to) (local.get $a)) (v128.store offset=16 align=4 (local.get $to) (local.get $b))';
}
