import type { Json } from '@cairn/journal'
import type { Finding, Place } from '../audit/finding.ts'
import { rules } from '../audit/models/rules.ts'
import type { Rule } from '../audit/models/model.ts'
import type { SarifLog } from './sarif.ts'

const level = (severity: Finding['severity']): string =>
  severity === 'critical' || severity === 'high' ? 'error' : severity === 'medium' ? 'warning' : 'note'
const score: Record<Finding['severity'], string> = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0' }

const location = (place: Place, message?: string): { [key: string]: Json } => ({
  physicalLocation: {
    artifactLocation: { uri: encodeURI(place.file), uriBaseId: '%SRCROOT%' },
    region: { startLine: place.line, startColumn: Math.max(1, place.column) },
  },
  ...(message === undefined ? {} : { message: { text: message } }),
})

const propertiesOf = ({ cwe, severity, related = [] }: Rule): { [key: string]: Json } =>
  cwe === 0
    ? { tags: ['maintainability'] }
    : {
        tags: [
          'security',
          ...[cwe, ...related].map((one) => `external/cwe/cwe-${String(one).padStart(3, '0')}`),
        ],
        'security-severity': score[severity],
      }

/** Findings as a SARIF 2.1.0 log: rules with CWE, code flows, fingerprints, suppressions. `known`: fingerprints of the baseline. `notAnalysed`: files that were not looked at, or not in full. */
export function toSarif(
  findings: readonly Finding[],
  options: {
    version: string
    known?: ReadonlySet<string>
    rules?: readonly Rule[]
    notAnalysed?: readonly string[]
  },
): SarifLog {
  const used = (options.rules ?? [...rules.values()]).filter((rule) =>
    findings.some((finding) => finding.rule === rule.id),
  )
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cairn',
            version: options.version,
            rules: used.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.title },
              help: { text: rule.fix },
              defaultConfiguration: { level: level(rule.severity) },
              properties: propertiesOf(rule),
            })),
          },
        },
        ...(options.notAnalysed === undefined || options.notAnalysed.length === 0
          ? {}
          : {
              invocations: [
                {
                  executionSuccessful: true,
                  toolExecutionNotifications: options.notAnalysed.map((file) => ({
                    level: 'note',
                    message: { text: `${file} was not analysed, or not in full` },
                    locations: [location({ file, line: 1, column: 1 })],
                  })),
                },
              ],
            }),
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: used.findIndex((rule) => rule.id === finding.rule),
          level: level(finding.severity),
          message: { text: finding.message },
          locations: [location(finding.place)],
          partialFingerprints: { 'cairn/v1': finding.fingerprint },
          ...(options.known === undefined
            ? {}
            : { baselineState: options.known.has(finding.fingerprint) ? 'unchanged' : 'new' }),
          ...(finding.flow.length === 0
            ? {}
            : {
                codeFlows: [
                  {
                    threadFlows: [
                      { locations: finding.flow.map((step) => ({ location: location(step, step.what) })) },
                    ],
                  },
                ],
              }),
          ...(finding.suppressed === undefined
            ? {}
            : {
                suppressions: [
                  {
                    kind: 'inSource',
                    justification: finding.suppressed.reason,
                    properties: { owner: finding.suppressed.owner, until: finding.suppressed.until },
                  },
                ],
              }),
          properties: { confidence: finding.confidence, severity: finding.severity, cwe: finding.cwe },
        })),
      },
    ],
  }
}
