/** `axoc zdc prepare`: files of simulated showers to the set that training reads. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { userError } from '../../../base/diagnostic.js';
import { startProgress } from '../../../base/progress.js';
import type { CalorimeterName } from '../../../zdc/calorimeter.js';
import type { Species } from '../../../zdc/particles.js';
import type { NpzPair } from '../../../zdc/prepare/npz-source.js';
import { prepareKeys } from '../../../zdc/prepare/options.js';
import { prepareShowers } from '../../../zdc/prepare/prepare.js';
import { wholeNumber } from '../../options.js';
import { printCount, printLine, printNote } from '../../print.js';

interface Flags {
  readonly input?: string;
  readonly particles?: string;
  readonly responses?: string;
  readonly calorimeter: CalorimeterName;
  readonly out: string;
  readonly minimumPhotons: number;
  readonly npz: boolean;
  readonly species: ReadonlyMap<number, Species>;
}

const defaults = prepareKeys.parse({});

export function addZdcPrepare(zdc: Command): void {
  zdc
    .command('prepare')
    .description('join the files of all runs, check every image against its particle, store what training reads')
    .option('--input <directory>', 'where the text files of the runs are, at any depth')
    .option('--particles <file>', 'instead of text: npz of particles (N, 9)')
    .option('--responses <file>', 'and npz of their responses (N, 44, 44) or (N, 56, 30)')
    .addOption(
      new Option('--calorimeter <name>', 'ZN, the neutron calorimeter, or ZP, the proton calorimeter')
        .choices(['ZN', 'ZP'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <directory>', 'where Showers.h5, particles.npz and responses.npz are written')
    .option(
      '--minimum-photons <count>',
      'fewest photons of a shower that is kept',
      wholeNumber,
      defaults.minimum_photons,
    )
    .option('--no-npz', 'write Showers.h5 alone')
    .addOption(
      new Option(
        '--species <code=mass,charge>',
        'a particle that axoc does not know: mass in MeV, charge in e; repeatable',
      )
        .argParser(addSpecies)
        .default(new Map(), 'none'),
    )
    .action(async (flags: Flags) => {
      const started = performance.now();
      const { paths, found, count, synthetic } = await prepareShowers(
        { ...flags, input: inputOf(flags) },
        startProgress,
      );
      const seconds = (performance.now() - started) / 1000;
      for (const path of paths) printLine(`${path}: written`);
      printLine(
        `${printCount(count)} of ${printCount(found)} showers have ${flags.minimumPhotons} photons or more in ${flags.calorimeter}`,
      );
      if (synthetic !== undefined) printLine(`synthetic showers: ${synthetic}`);
      printNote(`${printCount(Math.round(found / seconds))} showers/s`);
    });
}

function inputOf({ input, particles, responses }: Flags): string | NpzPair {
  if (input !== undefined && particles === undefined && responses === undefined) return input;
  if (input === undefined && particles !== undefined && responses !== undefined) return { particles, responses };
  throw userError(
    'bad-option',
    'axoc zdc prepare',
    'needs either --input or both --particles and --responses',
    'give --input DIRECTORY for text files, --particles FILE --responses FILE for npz files',
  );
}

function addSpecies(text: string, previous: ReadonlyMap<number, Species>): ReadonlyMap<number, Species> {
  const [, code, mass, charge] = /^(-?\d{1,10})=(\d+(?:\.\d+)?),([+-]?\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (code === undefined)
    throw new InvalidArgumentError('a code, a mass in MeV and a charge in e are expected, such as 2212=938.272,1.');
  return new Map([...previous, [Number(code), { mass: Number(mass), charge: Number(charge) }]]);
}
