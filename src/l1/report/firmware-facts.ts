/** What a firmware project says of itself, and whether it is of the run's network; what synthesis has estimated, where it ran. */
import { basename, dirname, join } from 'node:path';
import { userError } from '../../base/diagnostic.js';
import { fileExists, readText } from '../../base/files.js';
import { parseJson } from '../../data/json/parse-json.js';
import { type SynthesisEstimate, synthesisEstimateOf } from './synthesis-estimate.js';

export interface FirmwareFacts {
  readonly part: string;
  readonly clockNs: number;
  readonly initiationInterval: number;
  /** Clocks, as asked of synthesis. */
  readonly latency: number;
  readonly verification: readonly {
    readonly leg: string;
    readonly vectors: number;
    readonly values: number;
    readonly mismatches: number;
  }[];
  /** Absent: the project has not been synthesised in its directory. */
  readonly synthesis?: SynthesisEstimate;
}

/** Projects that are there but not of the run's network, by the names of their directories. */
export interface FoundFirmware {
  readonly facts?: FirmwareFacts;
  readonly foreign: readonly string[];
}

/**
 * The first of the projects that is of the program; the others do not matter then.
 * @param manifests paths of manifest.json
 * @param digest of the run's program as lowered
 * @throws AxocError (user) for a manifest that cannot be read, or that no project of axoc has
 */
export function firmwareOf(manifests: readonly string[], digest: string): FoundFirmware {
  const found = manifests.map((path) => ({ path, manifest: readManifest(path) }));
  const own = found.find(({ manifest }) => manifest.program_sha256 === digest);
  return own === undefined
    ? { foreign: found.map(({ path }) => basename(dirname(path))) }
    : { facts: factsOf(own.manifest, dirname(own.path)), foreign: [] };
}

interface Manifest {
  /** Absent in projects of axoc before it wrote digests. */
  readonly program_sha256?: string;
  readonly top: string;
  readonly part: string;
  readonly clock_ns: number;
  readonly initiation_interval: number;
  readonly latency: number;
  readonly verification: FirmwareFacts['verification'];
}

function readManifest(path: string): Manifest {
  const manifest = parseJson(readText(path), path) as Partial<Manifest> | null;
  if (typeof manifest?.top === 'string' && typeof manifest.part === 'string' && Array.isArray(manifest.verification))
    return manifest as Manifest;
  throw userError(
    'bad-firmware',
    path,
    'is not the manifest of a firmware project',
    'name the directory that axoc emit-hls wrote: --firmware DIR',
  );
}

function factsOf(manifest: Manifest, directory: string): FirmwareFacts {
  const { top, part, clock_ns, initiation_interval, latency, verification } = manifest;
  // As the project's own build_prj.tcl names project and solution.
  const report = join(directory, `${top}_prj`, 'solution1', 'syn', 'report', 'csynth.xml');
  return {
    part,
    clockNs: clock_ns,
    initiationInterval: initiation_interval,
    latency,
    verification,
    ...(fileExists(report) ? { synthesis: synthesisEstimateOf(readText(report), report) } : {}),
  };
}
