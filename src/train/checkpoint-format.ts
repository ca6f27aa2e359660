/**
 * The bytes of a checkpoint: a line `axoc-checkpoint 1 <sha256 of what follows>`, a line of JSON, then the arrays named in it, one
 * after the other, float32 little-endian.
 */
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { userError } from '../base/diagnostic.js';
import type { FitProgress, FitState } from './fit-state.js';

/** What must be the same for a resumed fit to give the same numbers: options, sizes, shapes, as plain data. */
export type Identity = Readonly<Record<string, unknown>>;

export interface Checkpoint {
  /** Counts the checkpoints written to a directory: the highest is the newest. */
  readonly generation: number;
  readonly identity: Identity;
  readonly state: FitState;
}

interface Header {
  readonly generation: number;
  readonly identity: Identity;
  readonly progress: FitProgress;
  readonly arrays: readonly (readonly [name: string, length: number])[];
}

const magic = 'axoc-checkpoint';
const version = 1;

export function encodeCheckpoint({ generation, identity, state }: Checkpoint): Uint8Array {
  const { weights, statistics, slots } = state.values;
  const arrays: (readonly [string, Float32Array])[] = [
    ['weights', weights],
    ['statistics', statistics],
    ...slots.map((slot, index) => [`slot ${index}`, slot] as const),
    ...(state.best === undefined
      ? []
      : [['best weights', state.best.weights] as const, ['best statistics', state.best.statistics] as const]),
  ];
  const header: Header = {
    generation,
    identity,
    progress: state.progress,
    arrays: arrays.map(([name, values]) => [name, values.length]),
  };
  const body = Buffer.concat([Buffer.from(`${JSON.stringify(header, spellNumber)}\n`), ...arrays.map(bytesOf)]);
  return Buffer.concat([Buffer.from(`${magic} ${version} ${sha256(body)}\n`), body]);
}

/** @throws AxocError (user) when it is not a whole checkpoint of this version */
export function decodeCheckpoint(bytes: Buffer, path: string): Checkpoint {
  const firstEnd = bytes.indexOf(0x0a);
  const [word, number, digest] = bytes.subarray(0, Math.max(0, firstEnd)).toString('utf8').split(' ');
  if (word !== magic) throw damaged(path, 'it is not a checkpoint');
  if (number !== String(version))
    throw damaged(path, `it has version ${number}, this program reads version ${version}`);
  const body = bytes.subarray(firstEnd + 1);
  if (digest !== sha256(body)) throw damaged(path, 'its content does not match its checksum: it is cut off or changed');
  const headerEnd = body.indexOf(0x0a);
  const header = JSON.parse(body.subarray(0, headerEnd).toString('utf8'), readNumber) as Header;
  let offset = headerEnd + 1;
  const arrays = new Map(
    header.arrays.map(([name, length]) => {
      const from = offset;
      offset += 4 * length;
      return [name, floatsOf(body.subarray(from, offset))];
    }),
  );
  const array = (name: string): Float32Array => arrays.get(name)!;
  const slots = header.arrays.flatMap(([name]) => (name.startsWith('slot ') ? [array(name)] : []));
  return {
    generation: header.generation,
    identity: header.identity,
    state: {
      progress: header.progress,
      values: { weights: array('weights'), statistics: array('statistics'), slots },
      best: arrays.has('best weights')
        ? { weights: array('best weights'), statistics: array('best statistics') }
        : undefined,
    },
  };
}

const strange = new Map([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((x) => [`#${x}`, x]));

/** JSON has no NaN and no infinity; metrics of an epoch may be either. */
function spellNumber(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? `#${value}` : value;
}

function readNumber(_: string, value: unknown): unknown {
  return typeof value === 'string' ? (strange.get(value) ?? value) : value;
}

function bytesOf([, values]: readonly [string, Float32Array]): Buffer {
  const bytes = Buffer.from(Float32Array.from(values).buffer);
  return endianness() === 'LE' ? bytes : bytes.swap32();
}

function floatsOf(bytes: Buffer): Float32Array {
  const copy = Buffer.from(bytes);
  const own = new Uint8Array(endianness() === 'LE' ? copy : copy.swap32());
  return new Float32Array(own.buffer);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function damaged(path: string, reason: string): Error {
  return userError(
    'damaged-checkpoint',
    path,
    reason,
    'resume from another checkpoint, or train anew without resuming',
  );
}
