import { safeGit } from '@cairn/guard'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** What agents take for instructions or settings: in the change it is material, and must not speak to the reviewer. */
const SPEAKS =
  /(?:^|\/)(?:AGENTS(?:\.override)?|CLAUDE(?:\.local)?|GEMINI)\.md$|(?:^|\/)\.(?:cairn|claude|codex|agents|gemini|cursor)\/|(?:^|\/)\.mcp\.json$/iu

/** The files after a change, in a folder of their own. */
export interface ReviewTree extends Disposable {
  readonly cwd: string
  /** Whether a patch applies to them. */
  applies(patch: string): Promise<boolean>
}

/** Writes the texts of a tree into a temporary folder, but for what would speak to an agent. Nothing of the repository runs. */
export function writeReviewTree(texts: ReadonlyMap<string, string>): ReviewTree {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-reviewer-')))
  for (const [path, text] of texts) {
    const full = resolve(cwd, path)
    if (SPEAKS.test(path) || !full.startsWith(`${cwd}/`) || path.split('/').includes('.git')) continue
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, text)
  }
  // Patches are tried in a repository only; the reviewer needs none.
  let repository: Promise<unknown> | null = null
  return {
    cwd,
    async applies(patch) {
      repository ??= safeGit(['init', '-q'], { cwd })
      await repository
      const input = Buffer.from(patch.endsWith('\n') ? patch : `${patch}\n`)
      const { code } = await safeGit(['apply', '--check', '-'], { cwd, input })
      return code === 0
    },
    [Symbol.dispose]: () => rmSync(cwd, { recursive: true, force: true }),
  }
}
