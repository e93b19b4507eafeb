import type { Json } from '@cairn/journal'

/** Any SARIF 2.1.0 log, kept as it came: properties that we do not know are never dropped. */
export interface SarifLog {
  version: '2.1.0'
  runs: SarifRun[]
  [property: string]: Json | SarifRun[]
}

export interface SarifRun {
  [property: string]: Json
}
