/** The journal of a pipeline: which tasks are done, from what, and what they left. A task that is not in it is not done. */
import { z } from 'zod';
import { userError } from '../../base/diagnostic.js';
import { fileExists, readText, writeFileWhole } from '../../base/files.js';
import { outputSchema } from './outputs.js';

const entrySchema = z.strictObject({
  /** Of everything that the result depends on. */
  digest: z.string(),
  outputs: z.array(outputSchema),
});
export type Entry = z.output<typeof entrySchema>;

const journalSchema = z.strictObject({
  format: z.literal('axoc-zdc-pipeline 1'),
  tasks: z.record(z.string(), entrySchema),
});

export class Journal {
  readonly #tasks: Map<string, Entry>;

  private constructor(
    private readonly path: string,
    tasks: Readonly<Record<string, Entry>>,
  ) {
    this.#tasks = new Map(Object.entries(tasks));
  }

  /** @throws AxocError (user) for a file that is no journal */
  static open(path: string): Journal {
    return new Journal(path, fileExists(path) ? readTasks(path) : {});
  }

  entryOf(task: string): Entry | undefined {
    return this.#tasks.get(task);
  }

  /** Written at once, in one step: what is in the journal survives whatever happens next. */
  record(task: string, entry: Entry): void {
    this.#tasks.set(task, entry);
    const tasks = Object.fromEntries([...this.#tasks].sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileWhole(this.path, `${JSON.stringify({ format: 'axoc-zdc-pipeline 1', tasks }, undefined, 1)}\n`);
  }
}

function readTasks(path: string): Readonly<Record<string, Entry>> {
  const bad = (): Error =>
    userError(
      'bad-journal',
      path,
      'is not the journal of a pipeline, or was changed by hand',
      'remove it: every stage is then done anew; or choose another directory',
    );
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof SyntaxError) throw bad();
    throw error;
  }
  const parsed = journalSchema.safeParse(value);
  if (!parsed.success) throw bad();
  return parsed.data.tasks;
}
