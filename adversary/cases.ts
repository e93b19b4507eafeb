import type { AttackCase } from './attack-case.ts'
import { configAsCode } from './cases/config-as-code.ts'
import { shellReadings } from './cases/shell-readings.ts'

/** The corpus by category, in the order of the report. */
export const corpus: Readonly<Record<string, readonly AttackCase[]>> = {
  'configuration as code': configAsCode,
  'deciding on another reading': shellReadings,
}

/** Every case. */
export const allCases: readonly AttackCase[] = Object.values(corpus).flat()
