import {
  readResolutions,
  RESOLUTIONS_FILE,
  withoutResolution,
  withResolution,
  type readChange,
  type Resolution,
  type ReviewResult,
} from '@cairn/review'
import { repositoryRoot } from '@cairn/agent'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Invocation } from '../command.ts'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'

interface Known {
  /** Where they are written. */
  path: string
  resolutions: Resolution[]
}

/** Findings that were settled: as the reviewed files say, and as the working tree does. */
export async function loadResolutions(
  cwd: string,
  change: Awaited<ReturnType<typeof readChange>>,
): Promise<Known> {
  const path = join(repositoryRoot(cwd), RESOLUTIONS_FILE)
  let text: string | null = null
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    text = null
  }
  const reviewed = readResolutions(change.head.texts.get(RESOLUTIONS_FILE) ?? null)
  const here = readResolutions(text)
  const kept = new Set(here.map(({ fingerprint }) => fingerprint))
  return { path, resolutions: [...here, ...reviewed.filter(({ fingerprint }) => !kept.has(fingerprint))] }
}

/** `cairn review --resolve ID` and `--reopen ID`: 0 where it was written. */
export function settle(
  { io, values }: Invocation,
  { path, resolutions }: Known,
  findings: ReviewResult['findings'],
): number {
  const id = stringOption(values, 'resolve')
  const reopened = stringOption(values, 'reopen')
  if (id !== null && reopened !== null)
    throw new UsageError('--resolve and --reopen exclude each other', 'Give one of them.')
  const [by, reason] = [stringOption(values, 'by'), stringOption(values, 'reason')]
  if (id !== null && (by === null || reason === null || by.trim() === '' || reason.trim() === ''))
    throw new UsageError(
      '--resolve needs --by and --reason',
      'Say who settles it and why: --by "Ann" --reason "the list is ours".',
    )
  const on = new Date().toISOString().slice(0, 10)
  const { text, resolution } =
    id === null
      ? withoutResolution(resolutions, reopened ?? '')
      : withResolution(resolutions, findings, { id, by: by ?? '', reason: reason ?? '', on })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  io.stdout.write(
    `${id === null ? 'open again' : 'resolved'}: ${resolution.rule} in ${resolution.file} (${resolution.fingerprint.slice(0, 12)}); commit ${RESOLUTIONS_FILE} for it to hold for others\n`,
  )
  return 0
}
