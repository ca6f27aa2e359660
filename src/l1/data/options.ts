/** What preparing data needs to know: the keys of `data_config`, checked and with the files named. */

/** Kind of object -> its rows in the event table: one row, or [first, after the last]. */
export type ObjectRanges = Readonly<Record<string, number | readonly [number, number]>>;

/** Kind of object -> which of its rows, pt-ordered, the network sees. */
export type Constituents = Readonly<Record<string, readonly boolean[]>>;

/** Events `from` to `to` (excluded); what lies beyond the end of the file is ignored. */
export type Sector = readonly [from: number, to: number];

export interface ReadOptions {
  /** Keys met, egs, muons, jets. */
  readonly objectRanges: ObjectRanges;
  /** Keys MET, EGAMMA, MUON, JET. */
  readonly constituents: Constituents;
}

export interface BackgroundOptions extends ReadOptions {
  readonly path: string;
  readonly trainSector: Sector;
  readonly testSector: Sector;
  /** Which column of `event_info` is the number of pile-up vertices, where the file does not say. */
  readonly pileupColumn?: number;
}

export interface SignalOptions extends ReadOptions {
  readonly paths: readonly string[];
  /** Most events read of one signal (MAX_NUM_SIGNALS). */
  readonly maxEvents: number;
}

/** An object at the upper end of its scale: `mask` makes it (0, 0, 0), `drop` leaves its event out. */
export type SaturationMode = 'mask' | 'drop';

export interface DataOptions {
  readonly background: BackgroundOptions;
  readonly signal: SignalOptions;
  readonly saturationMode: SaturationMode;
  /** `RobustScaler(l,h,low,high)` or `RobustScaler_pow2(l,h,low,high)`. */
  readonly scheme: string;
  /** Fit the normalisation on objects with pt > 0 only. */
  readonly ignoreZeros: boolean;
  /** Bits and integer bits of the model's input, as `quantized_bits(bits, integer)`: where values are clipped. */
  readonly quantizeBits: readonly [bits: number, integer: number];
  /** The file to make: Data.h5. */
  readonly out: string;
}

const used = (...runs: readonly (readonly [isUsed: boolean, length: number])[]): boolean[] =>
  runs.flatMap(([isUsed, length]) => new Array<boolean>(length).fill(isUsed));

/** The event table of 33 rows, and the 19 objects of it that the trigger's networks see. */
export const defaultReadOptions: ReadOptions = {
  objectRanges: { met: 0, egs: [1, 13], muons: [13, 21], jets: [21, 33] },
  constituents: {
    MET: used([true, 1]),
    EGAMMA: used([true, 4], [false, 8]),
    MUON: used([true, 4], [false, 4]),
    JET: used([true, 10], [false, 2]),
  },
};

/** The defaults of MASTER, for a background and signals. */
export function defaultDataOptions(background: string, signals: readonly string[], out: string): DataOptions {
  return {
    background: {
      path: background,
      trainSector: [0, 2_000_000],
      testSector: [2_000_000, 8_000_000],
      ...defaultReadOptions,
    },
    signal: { paths: signals, maxEvents: 200_000, ...defaultReadOptions },
    saturationMode: 'mask',
    scheme: 'RobustScaler_pow2(5,95,-2,2)',
    ignoreZeros: true,
    quantizeBits: [8, 5],
    out,
  };
}
