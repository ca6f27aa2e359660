/** Reading a file of ours: every field that is asked for is there and of its kind, or the error says which is not. */
import { userError } from '../base/diagnostic.js';
import type { AttributeValue, Hdf5File } from '../data/hdf5/file.js';

/** Attributes whose text is JSON have names with this end. */
export const jsonSuffix = '.json';

const remedy = 'the file was changed or damaged: write it again';

export class StoredFile {
  constructor(readonly file: Hdf5File) {}

  has(name: string): boolean {
    return this.file.has(name);
  }

  attributes(group: string): ReadonlyMap<string, AttributeValue> {
    if (group !== '' && !this.file.has(group)) throw this.problem(group, 'there is no such group');
    return this.file.attributes(group);
  }

  text(group: string, key: string): string {
    const value = this.attributes(group).get(key);
    if (typeof value !== 'string') throw this.problem(group, `the attribute "${key}" is not a text`);
    return value;
  }

  number(group: string, key: string): number {
    const value = this.attributes(group).get(key);
    if (typeof value !== 'number') throw this.problem(group, `the attribute "${key}" is not a number`);
    return value;
  }

  /** An attribute of JSON text. */
  json(group: string, key: string): unknown {
    return this.parseJson(this.text(group, `${key}${jsonSuffix}`), group);
  }

  /** An attribute of JSON text that lists names. */
  names(group: string, key: string): readonly string[] {
    const value = this.json(group, key);
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      throw this.problem(group, `the attribute "${key}" is not a list of names`);
    return value;
  }

  strings(name: string): readonly string[] {
    return this.file.dataset(name).readStrings();
  }

  numbers(name: string): readonly number[] {
    return Array.from(this.file.dataset(name).readAll());
  }

  /** Datasets right in the group, by their names in it. */
  datasetsIn(group: string): readonly string[] {
    return below(this.file.datasets, group);
  }

  groupsIn(group: string): readonly string[] {
    return below(this.file.groups, group);
  }

  parseJson(text: string, place: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.problem(place, 'a JSON text in it is not JSON');
    }
  }

  problem(place: string, message: string): Error {
    const where = place === '' ? this.file.path : `${this.file.path}: ${place}`;
    return userError('bad-artefact', where, message, remedy);
  }
}

function below(names: readonly string[], group: string): string[] {
  const prefix = `${group}/`;
  return names
    .filter((name) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'))
    .map((name) => name.slice(prefix.length));
}

/** A name as one step of an HDF5 path: a slash would make groups, a point means the group itself. */
export function toLink(name: string): string {
  const escaped = name.replace(/[%/\0]/g, (character) => encodeURIComponent(character));
  return escaped.replace(/^\.+$/, (points) => points.replaceAll('.', '%2E'));
}
