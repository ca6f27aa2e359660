/**
 * Plays the programs of a pipeline: node fake.mjs simulate RUN SEED OUT, extract RUN FROM OUT, and `zdc prepare|train|export` as axoc takes them.
 * FAKE_PLANS is a directory of orders: the first of NAME.1, NAME.2, ... that is there is taken away and obeyed: fail, refuse, hang, empty, die.
 * FAKE_CALLS is a file that takes a line for each call. Training writes a checkpoint after each step, and goes on from it with --resume.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const { FAKE_PLANS = '', FAKE_CALLS, FAKE_PAUSE = '0', FAKE_SLOW = 'all' } = process.env;
const args = process.argv.slice(2);
const isAxoc = args[0] === 'zdc';
const [stage, ...rest] = isAxoc ? args.slice(1) : args;
const run = isAxoc ? undefined : rest[0];
const name = run === undefined ? stage : `${stage}-${run}`;
const option = (key) => rest[rest.indexOf(key) + 1];
/** In ms: programs other than FAKE_SLOW take no time. */
const pause = FAKE_SLOW === 'all' || FAKE_SLOW === name ? Number(FAKE_PAUSE) : 0;
const digest = (...parts) => createHash('sha256').update(parts.join('\n')).digest('hex');

function takeOrder() {
  for (let number = 1; number < 10; number++) {
    const file = path.join(FAKE_PLANS, `${name}.${number}`);
    if (!existsSync(file)) continue;
    const order = readFileSync(file, 'utf8').trim();
    rmSync(file);
    return order;
  }
  return 'work';
}

function filesBelow(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

async function main() {
  if (FAKE_CALLS !== undefined)
    appendFileSync(FAKE_CALLS, `${[name, ...rest.filter((word) => word === '--resume')].join(' ')}\n`);
  const order = takeOrder();
  console.log(`${name} obeys: ${order}`);
  if (order === 'fail') {
    console.error(`${name}: something went wrong on purpose`);
    process.exit(5);
  }
  if (order === 'refuse') process.exit(2);
  if (order === 'die') process.kill(process.pid, 'SIGKILL');
  // Training pauses between its steps.
  await setTimeout(order === 'hang' ? 3_600_000 : stage === 'train' ? 0 : pause);
  const text = (value) => (order === 'empty' ? '' : `${value}\n`);
  switch (stage) {
    case 'simulate':
      return writeFileSync(path.join(rest[2], 'kine.txt'), text(`run ${run} seed ${rest[1]}`));
    case 'extract': {
      const kine = readFileSync(path.join(rest[1], 'kine.txt'), 'utf8');
      return writeFileSync(path.join(rest[2], `examples_run${run}.txt`), text(`extracted ${kine.trim()}`));
    }
    case 'prepare': {
      const texts = filesBelow(option('--input')).map((file) => readFileSync(file, 'utf8'));
      for (const file of ['Showers.h5', 'particles.npz', 'responses.npz'])
        writeFileSync(path.join(option('--out'), file), text(digest(file, option('--calorimeter'), ...texts)));
      return;
    }
    case 'train':
      return await train(text);
    case 'export':
      return writeFileSync(option('--out'), text(digest('onnx', readFileSync(rest[0], 'utf8'), option('--opset'))));
  }
}

/** Twenty steps, each hashing the one before. */
async function train(text) {
  const out = option('--out');
  const checkpoint = path.join(out, 'work', 'checkpoint-even.axoc');
  mkdirSync(path.dirname(checkpoint), { recursive: true });
  let step = 0;
  let state = digest(readFileSync(option('--showers'), 'utf8'), readFileSync(option('--config'), 'utf8'));
  if (rest.includes('--resume')) ({ step, state } = JSON.parse(readFileSync(checkpoint, 'utf8')));
  for (; step < 20; step++) {
    state = digest(state);
    await setTimeout(pause / 4);
    writeFileSync(`${checkpoint}.partial`, JSON.stringify({ step: step + 1, state }));
    renameSync(`${checkpoint}.partial`, checkpoint);
  }
  for (const file of ['generator.h5', 'scales.txt', 'history.csv'])
    writeFileSync(path.join(out, file), text(digest(file, state)));
}

await main();
