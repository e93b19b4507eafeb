import { auditProgram } from '../audit/audit.ts'
import type { InputFile } from '../audit/find-source-files.ts'
import { outline } from '../audit/structure/outline.ts'
import { findAssets } from './find-assets.ts'
import { findControls } from './find-controls.ts'
import { findEntryPoints } from './find-entry-points.ts'
import { findPeers } from './find-peers.ts'
import { findThreats } from './find-threats.ts'
import type { Threat, ThreatModel } from './threat-model.ts'

const QUESTIONS: Readonly<Record<Threat['class'], (abuse: string) => string>> = {
  spoofing: (abuse) => `${abuse}: what proves who is on the other side?`,
  tampering: (abuse) => `${abuse}: where is it checked?`,
  repudiation: (abuse) => `${abuse}: what is kept, and who can change it?`,
  'information disclosure': (abuse) => `${abuse}: who may, and what keeps the others out?`,
  'denial of service': (abuse) =>
    `${abuse}: what is the limit, and what enforces it (here or in front of the program)?`,
  'elevation of privilege': (abuse) => `${abuse}: where are the rights decided?`,
}

/**
 * Drafts a threat model of a project: assets, ways in, what it uses, boundaries, and abuse cases by STRIDE, each with what the code
 * does about it and what the audit found open. What the code does not say becomes a question. The same files give the same model.
 *
 * @param today YYYY-MM-DD, what the end of suppressions is compared with
 */
export async function buildThreatModel(
  files: readonly InputFile[],
  options: { name: string; today: string },
): Promise<ThreatModel> {
  const { program, findings, unparsed, shortened, files: count } = await auditProgram(files, options)
  const outlines = [...program.files.values()].map(outline)
  const entryPoints = findEntryPoints(outlines, program)
  const peers = findPeers(outlines, program)
  const assets = findAssets(outlines, program)
  const { boundaries, threats } = findThreats({
    entryPoints,
    peers,
    controls: findControls(outlines, program),
    findings: findings.filter(({ suppressed }) => suppressed === undefined),
  })
  const questions = [
    ...threats
      .filter(({ state }) => state === 'unknown')
      .map((threat) => `${threat.id} (${threat.class}) ${QUESTIONS[threat.class](threat.abuse)}`),
    ...peers
      .filter(({ kind, hosts }) => kind === 'web service' && hosts.length === 0)
      .map(({ id }) => `${id} Which hosts are asked? The code names none.`),
    ...(assets.some(({ kind }) => kind === 'personal data')
      ? ['How long is personal data kept, and who deletes it?']
      : []),
    ...(entryPoints.length === 0 ? ['How is the program used? No way in was found in its text.'] : []),
  ]
  return {
    name: options.name,
    files: count,
    assets,
    entryPoints,
    peers,
    boundaries,
    threats,
    questions,
    notAnalysed: [...unparsed, ...shortened],
  }
}
