/**
 * The module's functions on numbers of several 64-bit limbs. Each works on eight numbers, one an event. An operand is
 * (address, limbs, bytes to the next event's number), a result (address, limbs); limbs beyond an operand's are its sign,
 * limbs beyond a result's are dropped. Results never overlap operands.
 */

const operandA = '(param $a i32) (param $na i32) (param $sa i32)';
const operandB = '(param $b i32) (param $nb i32) (param $sb i32)';
const result = '(param $d i32) (param $nd i32)';
const locals = '(local $lane i32) (local $k i32) (local $x i64) (local $y i64) (local $z i64)';

/** `before` and `after` run once an event, `each` for every limb $k of the result. */
function overLimbs(each: string, before = '', after = ''): string {
  return `
    (loop $lanes
      ${before}
      (local.set $k (i32.const 0))
      (loop $limbs
        ${each}
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br_if $limbs (i32.lt_u (local.get $k) (local.get $nd))))
      ${after}
      ${nextLane})`;
}

const nextLane = `
      (local.set $d (i32.add (local.get $d) (i32.shl (local.get $nd) (i32.const 3))))
      (local.set $a (i32.add (local.get $a) (local.get $sa)))
      (local.set $lane (i32.add (local.get $lane) (i32.const 1)))
      (br_if $lanes (i32.lt_u (local.get $lane) (i32.const 8)))`;

const nextB = '(local.set $b (i32.add (local.get $b) (local.get $sb)))';

const limbOfA = '(call $limb (local.get $a) (local.get $na) (local.get $k))';
const limbOfB = '(call $limb (local.get $b) (local.get $nb) (local.get $k))';

function store(value: string): string {
  return `(i64.store (i32.add (local.get $d) (i32.shl (local.get $k) (i32.const 3))) ${value})`;
}

/** a + (b ^ invert) + carry: subtraction is a + ~b + 1. */
const addWithCarry = `
  (func $add_carry ${result} ${operandA} ${operandB} (param $invert i64) (param $first i64) ${locals} (local $carry i64)
    ${overLimbs(
      `(local.set $x ${limbOfA})
       (local.set $y (i64.add (local.get $x) (i64.xor ${limbOfB} (local.get $invert))))
       (local.set $z (i64.add (local.get $y) (local.get $carry)))
       ${store('(local.get $z)')}
       (local.set $carry (i64.extend_i32_u (i32.or
         (i64.lt_u (local.get $y) (local.get $x))
         (i64.lt_u (local.get $z) (local.get $y)))))`,
      '(local.set $carry (local.get $first))',
      nextB,
    )})
  (func $wide_add ${result} ${operandA} ${operandB}
    (call $add_carry ${operands('d nd a na sa b nb sb')} (i64.const 0) (i64.const 0)))
  (func $wide_subtract ${result} ${operandA} ${operandB}
    (call $add_carry ${operands('d nd a na sa b nb sb')} (i64.const -1) (i64.const 1)))`;

function operands(names: string): string {
  return names
    .split(' ')
    .map((name) => `(local.get $${name})`)
    .join(' ');
}

function bitwise(name: 'and' | 'xor'): string {
  return `
  (func $wide_${name} ${result} ${operandA} ${operandB} ${locals}
    ${overLimbs(store(`(i64.${name} ${limbOfA} ${limbOfB})`), '', nextB)})`;
}

/** The limb at $k + offset, or 0 below the first. */
function shiftedLimb(offset: string): string {
  return `(call $limb_or_zero (local.get $a) (local.get $na) (i32.add (local.get $k) ${offset}))`;
}

const shifts = `
  (func $wide_shift_left ${result} ${operandA} (param $places i32) ${locals} (local $q i32) (local $r i64)
    (local.set $q (i32.shr_u (local.get $places) (i32.const 6)))
    (local.set $r (i64.extend_i32_u (i32.and (local.get $places) (i32.const 63))))
    ${overLimbs(
      `(local.set $x (i64.shl ${shiftedLimb('(i32.sub (i32.const 0) (local.get $q))')} (local.get $r)))
       (if (i64.ne (local.get $r) (i64.const 0)) (then
         (local.set $x (i64.or (local.get $x) (i64.shr_u
           ${shiftedLimb('(i32.sub (i32.const -1) (local.get $q))')}
           (i64.sub (i64.const 64) (local.get $r)))))))
       ${store('(local.get $x)')}`,
    )})
  (func $wide_shift_right ${result} ${operandA} (param $places i32) ${locals} (local $q i32) (local $r i64)
    (local.set $q (i32.shr_u (local.get $places) (i32.const 6)))
    (local.set $r (i64.extend_i32_u (i32.and (local.get $places) (i32.const 63))))
    ${overLimbs(
      `(local.set $x (i64.shr_u ${shiftedLimb('(local.get $q)')} (local.get $r)))
       (if (i64.ne (local.get $r) (i64.const 0)) (then
         (local.set $x (i64.or (local.get $x) (i64.shl
           ${shiftedLimb('(i32.add (local.get $q) (i32.const 1))')}
           (i64.sub (i64.const 64) (local.get $r)))))))
       ${store('(local.get $x)')}`,
    )})`;

/** Compares limbs $k = limbs of the wider operand - 1 down to 0, and stores the mask $z as one limb. */
function comparison(name: string, topDiffers: string, differs: string, same: number): string {
  return `
  (func $wide_${name} ${result} ${operandA} ${operandB} ${locals}
    (loop $lanes
      (local.set $k (i32.sub (select (local.get $na) (local.get $nb)
        (i32.gt_u (local.get $na) (local.get $nb))) (i32.const 1)))
      (local.set $x ${limbOfA})
      (local.set $y ${limbOfB})
      (block $done
        (local.set $z ${topDiffers})
        (br_if $done (i64.ne (local.get $x) (local.get $y)))
        (loop $limbs
          (local.set $z (i64.const ${same}))
          (br_if $done (i32.eqz (local.get $k)))
          (local.set $k (i32.sub (local.get $k) (i32.const 1)))
          (local.set $x ${limbOfA})
          (local.set $y ${limbOfB})
          (local.set $z ${differs})
          (br_if $done (i64.ne (local.get $x) (local.get $y)))
          (br $limbs)))
      (i64.store (local.get $d) (local.get $z))
      ${nextB}
      ${nextLane}))`;
}

function mask(test: string): string {
  return `(i64.sub (i64.const 0) (i64.extend_i32_u (i64.${test} (local.get $x) (local.get $y))))`;
}

/** Long multiplication modulo 2^(64 * limbs of the result), row by row of a. */
const multiply = `
  (func $high (param $x i64) (param $y i64) (result i64)
    (local $xl i64) (local $xh i64) (local $yl i64) (local $yh i64) (local $middle i64) (local $cross i64)
    (local.set $xl (i64.and (local.get $x) (i64.const 0xffffffff)))
    (local.set $xh (i64.shr_u (local.get $x) (i64.const 32)))
    (local.set $yl (i64.and (local.get $y) (i64.const 0xffffffff)))
    (local.set $yh (i64.shr_u (local.get $y) (i64.const 32)))
    (local.set $middle (i64.add (i64.mul (local.get $xh) (local.get $yl))
      (i64.shr_u (i64.mul (local.get $xl) (local.get $yl)) (i64.const 32))))
    (local.set $cross (i64.add (i64.mul (local.get $xl) (local.get $yh))
      (i64.and (local.get $middle) (i64.const 0xffffffff))))
    (i64.add (i64.mul (local.get $xh) (local.get $yh))
      (i64.add (i64.shr_u (local.get $middle) (i64.const 32)) (i64.shr_u (local.get $cross) (i64.const 32)))))
  (func $wide_multiply ${result} ${operandA} ${operandB} ${locals}
    (local $row i64) (local $i i32) (local $to i32) (local $carry i64)
    ${overLimbs(
      store('(i64.const 0)'),
      '',
      `(local.set $i (i32.const 0))
      (loop $rows
        (local.set $row (call $limb (local.get $a) (local.get $na) (local.get $i)))
        (local.set $carry (i64.const 0))
        (local.set $k (i32.const 0))
        (local.set $to (i32.add (local.get $d) (i32.shl (local.get $i) (i32.const 3))))
        (loop $columns
          (local.set $x ${limbOfB})
          (local.set $y (i64.add (i64.mul (local.get $row) (local.get $x)) (i64.load (local.get $to))))
          (local.set $z (i64.add (local.get $y) (local.get $carry)))
          (local.set $carry (i64.add (call $high (local.get $row) (local.get $x))
            (i64.add (i64.extend_i32_u (i64.lt_u (local.get $y) (i64.load (local.get $to))))
              (i64.extend_i32_u (i64.lt_u (local.get $z) (local.get $y))))))
          (i64.store (local.get $to) (local.get $z))
          (local.set $to (i32.add (local.get $to) (i32.const 8)))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $columns (i32.lt_u (i32.add (local.get $k) (local.get $i)) (local.get $nd))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $rows (i32.lt_u (local.get $i) (local.get $nd))))
      ${nextB}`,
    )})`;

const lookup = `
  (func $wide_lookup ${result} (param $table i32) (param $index i32) (local $lane i32) (local $bytes i32)
    (local.set $bytes (i32.shl (local.get $nd) (i32.const 3)))
    (loop $lanes
      (call $copy (local.get $d)
        (i32.add (local.get $table) (i32.mul (i32.load (local.get $index)) (local.get $bytes))) (local.get $bytes))
      (local.set $d (i32.add (local.get $d) (local.get $bytes)))
      (local.set $index (i32.add (local.get $index) (i32.const 8)))
      (local.set $lane (i32.add (local.get $lane) (i32.const 1)))
      (br_if $lanes (i32.lt_u (local.get $lane) (i32.const 8)))))
  (func $copy (param $to i32) (param $from i32) (param $bytes i32)
    (loop $words
      (local.set $bytes (i32.sub (local.get $bytes) (i32.const 8)))
      (i64.store (i32.add (local.get $to) (local.get $bytes))
        (i64.load (i32.add (local.get $from) (local.get $bytes))))
      (br_if $words (local.get $bytes))))`;

/** Eight numbers of `$nd` limbs from rows, or to rows, that are `$stride` bytes apart. */
const rows = `
  (func $wide_gather (param $d i32) (param $nd i32) (param $row i32) (param $stride i32) (local $lane i32)
    (loop $lanes
      (call $copy (local.get $d) (local.get $row) (i32.shl (local.get $nd) (i32.const 3)))
      (local.set $d (i32.add (local.get $d) (i32.shl (local.get $nd) (i32.const 3))))
      (local.set $row (i32.add (local.get $row) (local.get $stride)))
      (local.set $lane (i32.add (local.get $lane) (i32.const 1)))
      (br_if $lanes (i32.lt_u (local.get $lane) (i32.const 8)))))
  (func $wide_scatter (param $row i32) (param $stride i32) (param $nd i32) ${operandA} ${'(local $lane i32) (local $k i32)'}
    (loop $lanes
      (local.set $k (i32.const 0))
      (loop $limbs
        (i64.store (i32.add (local.get $row) (i32.shl (local.get $k) (i32.const 3))) ${limbOfA})
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br_if $limbs (i32.lt_u (local.get $k) (local.get $nd))))
      (local.set $row (i32.add (local.get $row) (local.get $stride)))
      (local.set $a (i32.add (local.get $a) (local.get $sa)))
      (local.set $lane (i32.add (local.get $lane) (i32.const 1)))
      (br_if $lanes (i32.lt_u (local.get $lane) (i32.const 8)))))`;

/** The one memory of every module. */
export const memoryName = 'memory';

/** The text of a module with these functions; its memory is replaced by the program's. */
export const wideModule = `(module
  (memory $${memoryName} 1)
  (func $limb (param $p i32) (param $n i32) (param $k i32) (result i64)
    (if (result i64) (i32.lt_u (local.get $k) (local.get $n))
      (then (i64.load (i32.add (local.get $p) (i32.shl (local.get $k) (i32.const 3)))))
      (else (i64.shr_s
        (i64.load (i32.add (local.get $p) (i32.shl (i32.sub (local.get $n) (i32.const 1)) (i32.const 3))))
        (i64.const 63)))))
  (func $limb_or_zero (param $p i32) (param $n i32) (param $k i32) (result i64)
    (if (result i64) (i32.lt_s (local.get $k) (i32.const 0))
      (then (i64.const 0))
      (else (call $limb (local.get $p) (local.get $n) (local.get $k)))))
  ${addWithCarry} ${bitwise('and')} ${bitwise('xor')} ${shifts} ${multiply} ${lookup} ${rows}
  ${comparison('less', mask('lt_s'), mask('lt_u'), 0)}
  ${comparison('equal', '(i64.const 0)', '(i64.const 0)', -1)})`;
