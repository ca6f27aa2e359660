/** Simulation speed of a design: a C++ main that calls it with all events, again and again, after checking every score. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './measure.mjs';

/** A design to call. */
export interface Design {
  /** Where the loop is built; paths of `header` and `source` start here. */
  readonly directory: string;
  readonly header: string;
  /** Source file or object of the design. */
  readonly source: string;
  /** Function that takes the inputs and a reference for the score, and the type of the score. */
  readonly call: string;
  readonly scoreType: string;
  /** Type of an input; `hardware_t` when absent. */
  readonly inputType?: string;
  /** Arguments of the compiler. */
  readonly flags: readonly string[];
}

export interface EventFiles {
  /** Inputs of an event. */
  readonly width: number;
  /** Real values of the inputs, one event a line. */
  readonly events: string;
  /** The raw score of each event. */
  readonly scores: string;
}

/**
 * Compiles the loop around a design, as a translation unit of its own.
 * @returns runs it: events per second of processor time, over about a second
 */
export function buildLoop(name: string, design: Design, files: EventFiles): () => number {
  const { directory, source, flags } = design;
  const main = join(directory, `${name}.cpp`);
  const program = join(directory, name);
  writeFileSync(main, mainOf(design, files.width));
  run({ program: 'g++', args: [...flags, main, source, '-o', program], cwd: directory });
  return () => Number(run({ program, args: [files.events, files.scores] }).stdout);
}

function mainOf({ header, call, scoreType, inputType = 'hardware_t' }: Design, width: number): string {
  return `#include <cstdio>
#include <ctime>
#include <fstream>
#include <vector>

#include "${header}"

int main(int, char **argv) {
  std::ifstream event_file(argv[1]);
  std::ifstream score_file(argv[2]);
  std::vector<${inputType}> inputs;
  for (double value; event_file >> value;) inputs.push_back(${inputType}(value));
  std::vector<unsigned> expected;
  for (unsigned score; score_file >> score;) expected.push_back(score);
  const std::size_t count = expected.size();
  if (count == 0 || inputs.size() != count * ${width}) {
    std::printf("%zu values of events, %zu scores\\n", inputs.size(), count);
    return 2;
  }

  const auto score_of = [&inputs](std::size_t event) {
    ${scoreType} score;
    ${call}(&inputs[event * ${width}], score);
    return static_cast<unsigned>(score.range(${scoreType}::width - 1, 0).to_uint());
  };
  unsigned expected_sum = 0;
  for (std::size_t event = 0; event < count; event++) {
    const unsigned found = score_of(event);
    if (found != expected[event]) {
      std::printf("event %zu: score %u, officially %u\\n", event, found, expected[event]);
      return 1;
    }
    expected_sum += found;
  }

  long events = 0;
  double seconds = 0;
  const std::clock_t start = std::clock();
  do {
    unsigned sum = 0;
    for (std::size_t event = 0; event < count; event++) sum += score_of(event);
    if (sum != expected_sum) return 1;
    events += count;
    seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
  } while (seconds < 1);
  std::printf("%.1f\\n", events / seconds);
  return 0;
}
`;
}
