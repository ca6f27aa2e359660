/** The version of this package, from its package.json. */
import { readPackageFile } from './files.js';

export const version = (JSON.parse(readPackageFile('package.json')) as { version: string }).version;
