/** Takes the time of writing out of an HDF5 file, so that the same content gives the same bytes. */
import { internalError } from '../../base/diagnostic.js';
import type { PatchAccess } from '../../base/staged-path.js';

/** Messages of an object header (HDF5 file format specification, version 1 headers). */
const continuation = 0x10;
const modificationTime = 0x12;

/** Sets the modification time in the object header that begins at `header` to 0 (1970). */
export function clearTime(file: PatchAccess, header: number): void {
  const prefix = file.read(header, 16);
  if (prefix[0] !== 1) throw internalError('HDF5 object header', `version ${prefix[0]} where 1 was asked for`);
  const blocks: [start: number, length: number][] = [[header + 16, prefix.readUInt32LE(8)]];
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    const [start, length] = block;
    const bytes = file.read(start, length);
    for (let at = 0; at + 8 <= length; at += 8 + bytes.readUInt16LE(at + 2)) {
      const kind = bytes.readUInt16LE(at);
      const content = at + 8;
      if (kind === continuation)
        blocks.push([Number(bytes.readBigUInt64LE(content)), Number(bytes.readBigUInt64LE(content + 8))]);
      // One byte of version, three reserved, then the seconds.
      if (kind === modificationTime) file.write(start + content + 4, new Uint8Array(4));
    }
  }
}
