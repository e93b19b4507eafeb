import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Slot } from '../bench.ts'
import { parseFrames } from '../parse/frames.ts'
import { tidyMessage, type ParsedFailure } from '../parse/parsed-output.ts'
import { runCommand } from '../run-check.ts'
import { applyEdits, type Candidate } from './candidate.ts'
import { screenSource, standInSource } from './screen-source.ts'

/** What the screen saw of a candidate. Null failures: it did not come to an end. */
export interface Screened {
  id: string
  failures: ParsedFailure[] | null
}

export interface ScreenRequest {
  /** `node` with the options that the test files need. */
  node: string
  candidates: readonly Candidate[]
  /** Test files that a candidate has to be run against. */
  filesOf(candidate: Candidate): string[]
  /** How long one candidate may take, in ms. */
  stallMs: number
  timeoutMs: number
  signal?: AbortSignal
}

const folderName = '.cairn-screen'

interface Change {
  path: string
  text: string
  old: string
}

function changesOf(slot: Slot, candidate: Candidate): Change[] | null {
  const changes: Change[] = []
  for (const path of new Set(candidate.edits.map((edit) => edit.path))) {
    try {
      const old = readFileSync(join(slot.folder, path), 'utf8')
      const text = applyEdits(
        old,
        candidate.edits.filter((edit) => edit.path === path),
      )
      if (text === null || text === old) return null
      changes.push({ path, text, old })
    } catch {
      return null
    }
  }
  return changes
}

function isLine(
  value: unknown,
): value is { id: string; ended: boolean; failures: { id: string; message: string; stack: string }[] } {
  return (
    typeof value === 'object' && value !== null && 'id' in value && 'ended' in value && 'failures' in value
  )
}

/**
 * Runs candidates in one process in a slot, in order. Candidates whose edits do not fit are left out of the result, as
 * are those that a screen which ended early did not reach.
 */
export async function runScreen(bench: Bench, slot: Slot, request: ScreenRequest): Promise<Screened[]> {
  const folder = join(slot.folder, folderName)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'screen.cjs'), screenSource)
  writeFileSync(join(folder, 'stand-in.cjs'), standInSource)
  const candidates = request.candidates.flatMap((candidate) => {
    const changes = candidate.edits.length === 0 ? [] : changesOf(slot, candidate)
    return changes === null ? [] : [{ id: candidate.id, files: request.filesOf(candidate), changes }]
  })
  // Inside, the slot stands at the place of the workspace, or is the working folder itself: the shell knows.
  const job = { stallMs: request.stallMs, candidates }
  writeFileSync(join(folder, 'job.json'), JSON.stringify(job))
  const fill = `const fs=require('fs');const p=process.cwd();const f=p+'/${folderName}/job.json';const j=JSON.parse(fs.readFileSync(f,'utf8'));j.root=p;j.out=p+'/${folderName}/out.jsonl';fs.writeFileSync(f,JSON.stringify(j))`
  try {
    const run = await runCommand({
      command: `node -e "${fill}" && ${request.node} ${folderName}/screen.cjs ${folderName}/job.json`,
      cwd: bench.root,
      root: bench.root,
      terminal: bench.terminal,
      overlay: slot.folder,
      timeoutMs: request.timeoutMs,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    })
    void run
    const roots = [bench.root, slot.folder]
    return readFileSync(join(folder, 'out.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line))
      .filter(isLine)
      .map(({ id, ended, failures }) => ({
        id,
        failures: ended ? failures.map((each) => toFailure(each, roots)) : null,
      }))
  } catch {
    return []
  } finally {
    rmSync(folder, { recursive: true, force: true })
    for (const { changes } of candidates)
      for (const { path, old } of changes) writeFileSync(join(slot.folder, path), old)
  }
}

function toFailure(
  raw: { id: string; message: string; stack: string },
  roots: readonly string[],
): ParsedFailure {
  const message = tidyMessage(raw.message.split('\n'))
  return { id: raw.id, message, frames: parseFrames(raw.stack.split('\n'), roots), test: null }
}
