/** Colours and lettering of every figure: safe for the colour-blind (after Okabe and Ito), one set for paper and one for a dark page. */

/** What a figure is drawn with. `onDark` replaces it where the page is dark. */
export interface Colour {
  readonly onLight: string;
  readonly onDark: string;
}

export const ink: Colour = { onLight: '#22272e', onDark: '#dfe3e8' };
export const faintInk: Colour = { onLight: '#5c6570', onDark: '#a3adb8' };
export const grid: Colour = { onLight: '#e3e6ea', onDark: '#343b44' };
/** Background events, and whatever else signals are compared with. */
const reference: Colour = { onLight: '#6b7380', onDark: '#9aa4b0' };
/** Areas behind marks: what a format holds. */
export const fill: Colour = { onLight: '#dbe7f1', onDark: '#26405a' };

/** Signals, in order. */
export const series: readonly Colour[] = [
  { onLight: '#0072b2', onDark: '#4aa8e0' },
  { onLight: '#d55e00', onDark: '#f08a3c' },
  { onLight: '#009e73', onDark: '#2fc79c' },
  { onLight: '#b3478a', onDark: '#dd86bd' },
  { onLight: '#b07c00', onDark: '#e6b23c' },
  { onLight: '#4b4fb0', onDark: '#9a9dee' },
];

export const allColours: readonly Colour[] = [ink, faintInk, grid, reference, fill, ...series];

/** Where there are more signals than colours, the line tells them apart. */
const dashes: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
];

export interface Style {
  readonly colour: string;
  readonly dash: readonly number[];
}

/** How the signal of this place in the list is drawn, in every figure. */
export function styleOf(index: number): Style {
  return {
    colour: series[index % series.length]!.onLight,
    dash: dashes[Math.floor(index / series.length) % dashes.length]!,
  };
}

export const referenceStyle: Style = { colour: reference.onLight, dash: [1, 0] };

/** The family that PDF and PNG embed comes first; a browser takes what it has. */
export const fontFamily = 'Roboto, Helvetica, Arial, sans-serif';

/** Sizes in pixels of a figure at its own width. */
export const fontSizes = { label: 11, title: 12 } as const;
