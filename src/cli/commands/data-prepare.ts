/** `axoc data prepare`: event files to the Data.h5 that training reads. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { startProgress } from '../../base/progress.js';
import { defaultDataOptions, type SaturationMode, type Sector } from '../../l1/data/options.js';
import { prepareData } from '../../l1/data/prepare.js';
import { openPrepared } from '../../l1/data/prepared.js';
import { countEvents, defaultSectors } from '../../l1/data/sectors.js';
import { collect, positiveCount, wholeNumber } from '../options.js';
import { printLine } from '../print.js';
import { printPrepared } from './data-inspect.js';

interface Flags {
  readonly background: string;
  readonly signal: readonly string[];
  readonly out: string;
  readonly train?: Sector;
  readonly test?: Sector;
  readonly scheme: string;
  readonly saturation: SaturationMode;
  readonly countZeros: boolean;
  readonly bits: readonly [number, number];
  readonly maxSignals: number;
  readonly pileupColumn?: number;
}

const defaults = defaultDataOptions('', [], '');

export function addDataPrepare(data: Command): void {
  data
    .command('prepare')
    .description('remove saturated events, normalise, clip, and store; done again only when something changed')
    .requiredOption(
      '--background <file>',
      'zero-bias events: HDF5 of the trigger or of the public challenge, or 57 integers an event',
    )
    .addOption(
      new Option('--signal <file>', 'signals, in the same formats; repeatable').argParser(collect).default([], 'none'),
    )
    .requiredOption('--out <file>', 'the HDF5 file to make, such as Data.h5')
    .option('--train <from:to>', 'events that train (default: 0:2000000, or the first half of a shorter file)', sector)
    .option('--test <from:to>', 'events that test (default: 2000000:8000000, or the second half)', sector)
    .option('--scheme <text>', 'normalisation: RobustScaler(l,h,low,high) or RobustScaler_pow2(...)', defaults.scheme)
    .addOption(
      new Option('--saturation <mode>', 'a saturated object becomes (0, 0, 0), or its event is dropped')
        .choices(['mask', 'drop'])
        .default(defaults.saturationMode),
    )
    .option('--count-zeros', 'fit the normalisation on objects with pt 0, too', false)
    .addOption(
      new Option('--bits <total,integer>', 'quantised input: where values are clipped')
        .argParser(bits)
        .default(defaults.quantizeBits, defaults.quantizeBits.join(',')),
    )
    .option('--max-signals <events>', 'most events read of one signal', positiveCount, defaults.signal.maxEvents)
    .option(
      '--pileup-column <number>',
      'column of event_info with the pile-up, from 0, where the file does not say',
      wholeNumber,
    )
    .action(async (flags: Flags) => {
      const base = defaultDataOptions(flags.background, flags.signal, flags.out);
      const sectors = defaultSectors(await countEvents(flags.background, flags.pileupColumn));
      const result = await prepareData(
        {
          ...base,
          background: {
            ...base.background,
            trainSector: flags.train ?? sectors.train,
            testSector: flags.test ?? sectors.test,
            ...(flags.pileupColumn === undefined ? {} : { pileupColumn: flags.pileupColumn }),
          },
          signal: { ...base.signal, maxEvents: flags.maxSignals },
          scheme: flags.scheme,
          saturationMode: flags.saturation,
          ignoreZeros: !flags.countZeros,
          quantizeBits: flags.bits,
        },
        startProgress,
      );
      printLine(`${result.path}: ${result.isCached ? 'nothing has changed, kept' : 'written'}`);
      const prepared = await openPrepared(result.path);
      try {
        printPrepared(prepared);
      } finally {
        prepared.close();
      }
    });
}

function sector(text: string): Sector {
  const [, from, to] = /^(\d{1,12}):(\d{1,12})$/.exec(text) ?? [];
  if (from === undefined || Number(from) >= Number(to)) {
    throw new InvalidArgumentError('two event numbers are expected, such as 0:2000000.');
  }
  return [Number(from), Number(to)];
}

function bits(text: string): readonly [number, number] {
  const [, total, integer] = /^(\d{1,2}),(\d{1,2})$/.exec(text) ?? [];
  if (total === undefined || Number(integer) >= Number(total) || Number(total) > 24) {
    throw new InvalidArgumentError(
      'total and integer bits are expected, such as 8,5; at most 24, and one for the sign.',
    );
  }
  return [Number(total), Number(integer)];
}
