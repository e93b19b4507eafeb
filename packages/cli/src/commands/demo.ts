import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Invocation } from '../command.ts'
import { EMBEDDED } from '@cairn/server'
import { runSession } from '../run-session.ts'

/** The bundle carries the example beside itself; sources find it at the top of the checkout. */
function exampleFolder(): string {
  const places = ['examples/demo', '../../../../examples/demo'].map((path) => join(import.meta.dirname, path))
  const found = places.find((path) => existsSync(join(path, 'package.json')))
  if (found === undefined) throw new Error(`the example project is missing; looked in ${places.join(', ')}`)
  return found
}

/** Copies the example, and lets the embedded engine mend it through the ordinary loop, sandbox and journal. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, values } = invocation
  const folder = mkdtempSync(join(tmpdir(), 'cairn-demo-'))
  const cwd = join(folder, 'demo')
  cpSync(exampleFolder(), cwd, { recursive: true })
  try {
    return await runSession({
      invocation: { ...invocation, values: { ...values, model: EMBEDDED } },
      sessionId: null,
      text: 'Some tests of this project fail. Find out why and mend the code, not the tests.',
      cwd,
      check: 'npm test',
    })
  } finally {
    if (values['keep'] === true) io.stderr.write(`the mended project is in ${cwd}\n`)
    else rmSync(folder, { recursive: true, force: true })
  }
}
