/** The seed of random tests: fixed, so that a run repeats; AXOC_SEED=N explores elsewhere. */
export function testSeed(fixed: number): number {
  const given = process.env.AXOC_SEED;
  return given === undefined || given === '' ? fixed : Number(given);
}
