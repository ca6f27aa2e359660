/** Bytes of a file in order, piece by piece: as they stand there, or unpacked on the way. */
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import type { RandomAccess } from '../base/file-streams.js';
import { damagedGzip } from './format.js';
import { cannotUnpack, MemberCheck, packedBytes, type ZipMember } from './zip/zip.js';

/** Bytes of one piece. */
const chunkSize = 1 << 20;

export interface ByteChunks extends AsyncIterable<Uint8Array> {
  /** Whether the last bytes tell if those before them were right: a mistake in them may be none of the user's. */
  readonly isChecked: boolean;
}

export function fileChunks(file: RandomAccess): ByteChunks {
  return {
    isChecked: false,
    async *[Symbol.asyncIterator]() {
      for (let offset = 0; offset < file.size; offset += chunkSize) yield file.read(offset, chunkSize);
    },
  };
}

/** @throws AxocError (user) from its iterator, when the file is cut off or damaged */
export function gunzipChunks(file: RandomAccess, source: string): ByteChunks {
  return {
    isChecked: true,
    async *[Symbol.asyncIterator]() {
      try {
        yield* through(fileChunks(file), createGunzip({ chunkSize }));
      } catch (error) {
        throw isZlibError(error) ? damagedGzip(source, error) : error;
      }
    },
  };
}

/** @throws AxocError (user) from its iterator, when the member does not match its length and checksum */
export function memberChunks(file: RandomAccess, member: ZipMember, source: string): ByteChunks {
  const packed = fileChunks(packedBytes(file, member, source));
  return {
    isChecked: true,
    async *[Symbol.asyncIterator]() {
      const check = new MemberCheck(member, source);
      try {
        for await (const bytes of member.method === 0 ? packed : through(packed, createInflateRaw({ chunkSize }))) {
          check.add(bytes);
          yield bytes;
        }
      } catch (error) {
        throw isZlibError(error) ? cannotUnpack(member, source) : error;
      }
      check.finish();
    },
  };
}

async function* through(chunks: AsyncIterable<Uint8Array>, transform: Transform): AsyncIterable<Uint8Array> {
  const packed = Readable.from(chunks);
  packed.once('error', (error) => transform.destroy(error));
  packed.pipe(transform);
  try {
    yield* transform;
  } finally {
    packed.destroy();
  }
}

function isZlibError(error: unknown): boolean {
  return /^(Z_|ERR_BUFFER_TOO_LARGE)/.test(String((error as NodeJS.ErrnoException).code));
}
