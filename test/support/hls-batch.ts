/** Many emitted projects in one program: most of what g++ does for a small one is to read the same headers again. */
import { join } from 'node:path';
import { writeTree } from '../../src/base/files.js';
import { run } from '../../src/base/process.js';
import type { HlsProject } from '../../src/emit/hls/project.js';
import type { Program } from '../../src/ir/op.js';
import { compilerFlags } from '../../src/verify/hls-leg.js';
import type { Tools } from './network-check.js';

const standardHeaders = ['cstdint', 'cstdio', 'fstream', 'istream', 'string'];
/** The files of a project that are the same for all: the first project's serve. */
const shared = /^(?:firmware\/axoc|ap_types)\//;

/**
 * Compiles the projects of all programs, each in a namespace of its own.
 * @returns the command of each one's test bench; undefined when g++ refuses any of them, so that each is tried alone
 */
export async function compileBatch(
  tools: Tools,
  programs: readonly Program[],
  directory: string,
  include?: string,
): Promise<readonly (readonly string[])[] | undefined> {
  let projects: readonly HlsProject[];
  try {
    projects = programs.map((program) => tools.emitHls(tools.runPasses(program), tools.defaultHlsOptions));
  } catch {
    return undefined;
  }
  for (const [number, { files }] of projects.entries()) {
    const own = number === 0 ? files : filesOf(files, number);
    writeTree(join(directory, `p${number}`), own);
  }
  writeTree(directory, new Map([['batch.cpp', batchSource(projects)]]));
  const first = join(directory, 'p0');
  const executable = join(directory, 'batch');
  const { status } = await run(process.env.CXX ?? 'g++', [
    ...compilerFlags(include),
    ...['-isystem', include ?? join(first, 'ap_types')],
    ...['-I', join(first, 'firmware'), '-I', join(first, 'tb')],
    join(directory, 'batch.cpp'),
    ...['-o', executable],
  ]);
  return status === 0 ? projects.map((_, number) => [executable, `${number}`]) : undefined;
}

/**
 * Of a project that is not the first. What names a shared file by its place beside it finds the first project's on the search path;
 * and no file is the same as another project's, which `#pragma once` would take for one that it has read.
 */
function filesOf(files: HlsProject['files'], number: number): HlsProject['files'] {
  const own = [...files].filter(([name]) => !shared.test(name));
  const changed = (text: string | Uint8Array): string | Uint8Array =>
    typeof text === 'string' ? `${text.replaceAll('"../axoc/', '"axoc/')}// project ${number}\n` : text;
  return new Map(own.map(([name, content]) => [name, /\.(?:h|cpp)$/.test(name) ? changed(content) : content]));
}

function batchSource(projects: readonly HlsProject[]): string {
  const own = ['trace.h', 'vectors.h', 'from_bits.h'].map((name) => `#include "p0/firmware/axoc/${name}"`);
  return [
    ...standardHeaders.map((name) => `#include <${name}>`),
    '#include "ap_fixed.h"',
    '#include "ap_int.h"',
    ...own,
    ...projects.flatMap(({ design: { topName } }, number) => [
      `namespace n${number} {`,
      `#include "p${number}/firmware/${topName}.cpp"`,
      `#include "p${number}/tb/${topName}_test.cpp"`,
      '}',
    ]),
    '// The first argument says which project.',
    'int main(int count, char **arguments) {',
    '  typedef int (*Main)(int, char **);',
    `  const Main mains[] = {${projects.map((_, number) => `n${number}::main`).join(', ')}};`,
    '  return mains[std::stoi(arguments[1])](count - 1, arguments + 1);',
    '}',
    '',
  ].join('\n');
}
