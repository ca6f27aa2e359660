/** Builds the command line before the tests that run it: what users run is what the compiler made of this source. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './command.js';

const source = path.join(root, 'src');
const built = path.join(root, 'dist/cli/main.js');

/** Once for all test files, before the first; nothing to do when no source is newer than the last build. */
export default function setup(): void {
  const newest = Math.max(
    ...readdirSync(source, { recursive: true, encoding: 'utf8' }).map(
      (name) => statSync(path.join(source, name)).mtimeMs,
    ),
  );
  if (!existsSync(built) || statSync(built).mtimeMs < newest)
    execFileSync('npm', ['run', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
