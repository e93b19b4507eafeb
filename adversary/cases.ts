import type { AttackCase } from './attack-case.ts'
import { configAsCode } from './cases/config-as-code.ts'
import { exfiltration } from './cases/exfiltration.ts'
import { fileTools } from './cases/file-tools.ts'
import { guardLowering } from './cases/guard-lowering.ts'
import { sandboxEscape } from './cases/sandbox-escape.ts'
import { secretDisclosure } from './cases/secret-disclosure.ts'
import { shellReadings } from './cases/shell-readings.ts'

/** The corpus by category, in the order of the report. */
export const corpus: Readonly<Record<string, readonly AttackCase[]>> = {
  'configuration as code': configAsCode,
  'deciding on another reading': shellReadings,
  'lowering the guard': guardLowering,
  'paths, links and patches': fileTools,
  'sandbox escape': sandboxEscape,
  exfiltration,
  'disclosure of secrets': secretDisclosure,
}

/** Every case. */
export const allCases: readonly AttackCase[] = Object.values(corpus).flat()
