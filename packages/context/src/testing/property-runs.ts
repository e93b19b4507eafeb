/** Runs of each property test: `CAIRN_PROPERTY_RUNS`, default 300. */
export function propertyRuns(env: NodeJS.ProcessEnv, standard = 300): number {
  const runs = Number(env['CAIRN_PROPERTY_RUNS'])
  return Number.isInteger(runs) && runs > 0 ? runs : standard
}

/** Runs of a property that is one of the invariants I1 to I13: `CAIRN_PROPERTY_RUNS`, default 10,000. */
export function invariantRuns(env: NodeJS.ProcessEnv): number {
  return propertyRuns(env, 10_000)
}
