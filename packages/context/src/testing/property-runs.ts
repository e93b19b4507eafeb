/** Runs of each property test: `CAIRN_PROPERTY_RUNS`, default 300. */
export function propertyRuns(env: NodeJS.ProcessEnv): number {
  const runs = Number(env['CAIRN_PROPERTY_RUNS'])
  return Number.isInteger(runs) && runs > 0 ? runs : 300
}
