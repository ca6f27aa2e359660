/** Opens a file of events whose layout it recognises, as the sources that are in it. */
import { basename } from 'node:path';
import { userError } from '../../base/diagnostic.js';
import { type Hdf5File, isHdf5File, openHdf5File } from '../../data/hdf5/file.js';
import type { EventFile, EventLayout, EventSource } from './event-block.js';
import { integersSource } from './integers-file.js';
import { particlesSource, particlesTable } from './particles-file.js';
import type { SelectedObject } from './selection.js';
import { backgroundSource, backgroundTable, signalNames, signalSources } from './table-file.js';

/** What the file is for: a background makes one source, signals one each. */
export type Role = 'background' | 'signal';

/** The attribute of a file whose events were made, not measured: how. */
export const syntheticAttribute = 'synthetic';

/**
 * @param pileupColumn column of `event_info`, for a background file that does not name it
 * @throws AxocError (user) when the layout is not known, or wrong
 */
export async function openEventFile(
  path: string,
  role: Role,
  selection: readonly SelectedObject[],
  pileupColumn?: number,
): Promise<EventFile> {
  const ownName = role === 'background' ? role : basename(path).replace(/(\.[a-z0-9]+)+$/i, '');
  if (!isHdf5File(path)) {
    const source = await integersSource(path, ownName, selection);
    return { path, layout: 'integers', sources: [source], close() {} };
  }
  const file = await openHdf5File(path);
  try {
    const layout = layoutOf(file);
    const sources = sourcesOf(file, layout, role, ownName, selection, pileupColumn);
    const synthetic = file.attributes('').get(syntheticAttribute);
    return {
      path,
      layout,
      sources,
      ...(typeof synthetic === 'string' ? { synthetic } : {}),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** @throws AxocError (user) that tells the layouts there are */
export function layoutOf(file: Hdf5File): Exclude<EventLayout, 'integers'> {
  if (file.datasets.includes(backgroundTable)) return 'background';
  if (file.datasets.includes(particlesTable)) return 'particles';
  if (signalNames(file).some((name) => file.datasets.includes(`${name}_ET`))) return 'signals';
  const shown = file.datasets.slice(0, 12).map((name) => `${name} (${file.dataset(name).shape.join(', ')})`);
  const rest = file.datasets.length > shown.length ? ', ...' : '';
  throw userError(
    'unknown-layout',
    file.path,
    `is no event file; its datasets are ${shown.join(', ') || 'none'}${rest}`,
    `a background file has ${backgroundTable}, a signal file <name> with <name>_ET, the public challenge's ${particlesTable}`,
  );
}

function sourcesOf(
  file: Hdf5File,
  layout: Exclude<EventLayout, 'integers'>,
  role: Role,
  ownName: string,
  selection: readonly SelectedObject[],
  pileupColumn?: number,
): readonly EventSource[] {
  switch (layout) {
    case 'particles':
      return [particlesSource(file, ownName, selection)];
    case 'background':
      if (role === 'background') return [backgroundSource(file, selection, pileupColumn)];
      return [{ ...backgroundSource(file, selection, pileupColumn), name: ownName }];
    case 'signals':
      if (role === 'signal') return signalSources(file, selection);
      throw userError(
        'unknown-layout',
        file.path,
        `holds signals, a background belongs here`,
        `give a file with ${backgroundTable}`,
      );
  }
}
