/** Which events train and which test, when nobody says. */
import { openEventFile } from './open-event-file.js';
import { defaultDataOptions, defaultReadOptions, type Sector } from './options.js';
import { selectObjects } from './selection.js';

/** The defaults of MASTER where the file reaches beyond its training sector; otherwise the first half trains. */
export function defaultSectors(count: number): { readonly train: Sector; readonly test: Sector } {
  const { trainSector, testSector } = defaultDataOptions('', [], '').background;
  if (count > trainSector[1]) return { train: trainSector, test: [testSector[0], Math.min(testSector[1], count)] };
  const half = Math.floor(count / 2);
  return { train: [0, half], test: [half, count] };
}

/** Events in a background file. */
export async function countEvents(path: string, pileupColumn?: number): Promise<number> {
  const file = await openEventFile(
    path,
    'background',
    selectObjects(defaultReadOptions, 'default objects'),
    pileupColumn,
  );
  file.close();
  return file.sources[0]!.count;
}
