/** Showers of one and the same particle: a simulation repeats a particle many times, to learn how its showers fluctuate. */

/** Rows of a table of particles by their values. */
export interface ParticleGroups {
  /** For each row the number of its group; groups are numbered in the order of their first row. */
  readonly groupOf: Int32Array;
  /** First row of each group. */
  readonly firstRows: readonly number[];
}

/**
 * Puts rows with the same values into one group.
 * @param particles row-major [rows, width]
 */
export function groupParticles(particles: Float64Array | Float32Array, width: number): ParticleGroups {
  const rows = particles.length / width;
  const groupOf = new Int32Array(rows);
  const firstRows: number[] = [];
  const known = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const key = particles.subarray(row * width, (row + 1) * width).join();
    let group = known.get(key);
    if (group === undefined) {
      group = firstRows.length;
      known.set(key, group);
      firstRows.push(row);
    }
    groupOf[row] = group;
  }
  return { groupOf, firstRows };
}
