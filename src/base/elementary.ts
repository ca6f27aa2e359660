/**
 * Logarithm, exponential, sine and cosine made of IEEE basic operations alone: the same bits on every engine and machine,
 * which `Math.log` and its kin do not promise. Within a few units of the last place of a double.
 */

const words = new DataView(new ArrayBuffer(8));

/** ln 2 in two parts: the first has 21 trailing zero bits, so that its product with an exponent is exact. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/**
 * Natural logarithm of a positive, finite, normal double.
 *
 * x = m 2^e with m in [sqrt 1/2, sqrt 2); ln m = 2 artanh s with s = (m - 1) / (m + 1), |s| < 0.172, by its series.
 */
export function ln(x: number): number {
  words.setFloat64(0, x);
  const high = words.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  words.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let mantissa = words.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const q = s * s;
  const tail =
    q *
    (1 / 3 +
      q *
        (1 / 5 +
          q *
            (1 / 7 +
              q * (1 / 9 + q * (1 / 11 + q * (1 / 13 + q * (1 / 15 + q * (1 / 17 + q * (1 / 19 + q * (1 / 21))))))))));
  return exponent * ln2High + (2 * s + (2 * s * tail + exponent * ln2Low));
}

/** e to the power x, for |x| <= 700: x = k ln 2 + r, |r| <= ln 2 / 2, e^r by its series, which ends below 2^-53. */
export function exp(x: number): number {
  const k = Math.floor(x / Math.LN2 + 0.5);
  const r = x - k * ln2High - k * ln2Low;
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + (sum * r) / n;
  words.setUint32(0, (k + 1023) << 20);
  words.setUint32(4, 0);
  return sum * words.getFloat64(0);
}

/** Cosine of an angle in turns (1 = 2 pi). */
export function cosineOfTurns(turns: number): number {
  return sineOfTurns(turns + 0.25);
}

/** Sine of an angle in turns (1 = 2 pi): folded into a quarter turn around 0, then the Taylor series. */
export function sineOfTurns(turns: number): number {
  let t = turns - Math.floor(turns + 0.5);
  if (t > 0.25) t = 0.5 - t;
  if (t < -0.25) t = -0.5 - t;
  const x = 2 * Math.PI * t;
  const q = x * x;
  let sum = 1;
  for (let n = 22; n >= 2; n -= 2) sum = 1 - (sum * q) / (n * (n + 1));
  return x * sum;
}

/** Angle of the direction (x, y) in turns, from 0 to below 1; 0 for the origin. */
export function turnsOf(x: number, y: number): number {
  const [ax, ay] = [Math.abs(x), Math.abs(y)];
  if (ax === 0 && ay === 0) return 0;
  const octant = arctangent(Math.min(ax, ay) / Math.max(ax, ay)) / (2 * Math.PI);
  const quadrant = ay > ax ? 0.25 - octant : octant;
  const half = x < 0 ? 0.5 - quadrant : quadrant;
  const turns = y < 0 ? 1 - half : half;
  return turns >= 1 ? 0 : turns;
}

/** For 0 <= t <= 1: the angle is halved twice, which leaves less than 0.2, then the series. */
function arctangent(t: number): number {
  const half = t / (1 + Math.sqrt(1 + t * t));
  const quarter = half / (1 + Math.sqrt(1 + half * half));
  const q = quarter * quarter;
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = 1 / n - q * sum;
  return 4 * quarter * sum;
}
