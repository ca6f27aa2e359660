/** Events from an npz file (numpy.savez, numpy.savez_compressed): a zip archive of npy files. */
import { userError } from '../../base/diagnostic.js';
import type { RandomAccess } from '../../base/file-streams.js';
import type { Events } from '../events.js';
import { listZip, unpackZip, type ZipMember } from '../zip/zip.js';
import { npyMagic } from './header.js';
import { inMemory, readNpy } from './npy.js';

const suffix = '.npy';

/** Reads the array named `events`, or the only array. Throws a user error that lists the arrays when neither exists. */
export function readNpz(bytes: Uint8Array, source: string): Events {
  const file = inMemory(bytes);
  const { member, place } = findArray(file, source);
  const content = unpackZip(file, member, source);
  checkIsNpy(content, place);
  return { ...readNpy(content, place), source };
}

export interface NpzArray {
  readonly member: ZipMember;
  /** The file and the array, for messages. */
  readonly place: string;
}

export function findArray(file: RandomAccess, source: string): NpzArray {
  const arrays = listZip(file, source).filter((member) => member.name.endsWith(suffix));
  const member = arrays.find((one) => arrayName(one) === 'events') ?? onlyOne(arrays, source);
  return { member, place: `${source}[${arrayName(member)}]` };
}

/** @param head the first bytes of the member */
export function checkIsNpy(head: Uint8Array, place: string): void {
  if (Buffer.from(head.subarray(0, npyMagic.length)).toString('latin1') !== npyMagic) {
    throw userError('npy-header', place, 'is not an npy file', 'write the archive again with numpy.savez');
  }
}

function onlyOne(arrays: readonly ZipMember[], source: string): ZipMember {
  const [first, ...others] = arrays;
  if (first !== undefined && others.length === 0) return first;
  const hint = 'numpy.savez(file, events=array)';
  if (first === undefined)
    throw userError('npz-arrays', source, 'the archive holds no arrays', `write it with ${hint}`);
  const names = arrays.map(arrayName).join(', ');
  const message = `the archive holds ${arrays.length} arrays, none of them named "events": ${names}`;
  throw userError('npz-arrays', source, message, `name the one to read: ${hint}`);
}

function arrayName(member: ZipMember): string {
  return member.name.slice(0, -suffix.length);
}
