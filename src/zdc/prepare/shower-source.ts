/** Where showers come from, whatever the files: one after the other, in arrays that the next one overwrites. */

export interface Shower {
  /** See `conditions` of the calorimeters. */
  readonly conditions: ArrayLike<number>;
  /** Photons, y fastest. */
  readonly image: Float32Array;
}

export interface ShowerSource {
  /** Showers that were found, the ones left out included. */
  readonly found: number;
  /** Showers that will come. */
  readonly count: number;
  /** How they were made, where they are not those of a full simulation. */
  readonly synthetic?: string;
  /** @throws AxocError (user) with all problems of the files, at the end; nothing comes after the first of them */
  showers(): AsyncIterable<Shower>;
}
