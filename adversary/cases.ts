import type { AttackCase } from './attack-case.ts'
import { configAsCode } from './cases/config-as-code.ts'
import { display, resources } from './cases/display-and-resources.ts'
import { exfiltration } from './cases/exfiltration.ts'
import { falseEvidence } from './cases/false-evidence.ts'
import { fileTools } from './cases/file-tools.ts'
import { guardLowering } from './cases/guard-lowering.ts'
import { records } from './cases/records.ts'
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
  'false evidence and injection': falseEvidence,
  'tampering with records': records,
  'spoofed display': display,
  'resources and stopping': resources,
  'disclosure of secrets': secretDisclosure,
}

/** Every case. */
export const allCases: readonly AttackCase[] = Object.values(corpus).flat()
