import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { snapshot, tempFolder } from '../testing/temp-folder.ts'
import type { Checkpoints } from './checkpoint.ts'
import { createCheckpoints } from './create-checkpoints.ts'

const RUNS = Number(process.env['CAIRN_UNDO_RUNS'] ?? 30)
const opened: Checkpoints[] = []
afterEach(async () => {
  for (const checkpoints of opened.splice(0)) await checkpoints.close()
})

function open(work: string, data: string): Checkpoints {
  const checkpoints = createCheckpoints({ root: work, folder: data, env: process.env })
  opened.push(checkpoints)
  return checkpoints
}

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd, stdio: 'pipe' })

describe('checkpoints', () => {
  it('bring back edits, deletions, new files, permissions, links and empty folders byte for byte', async () => {
    using work = tempFolder({
      'a.txt': 'one\r\ntwo\n',
      'src/deep/b.ts': 'x',
      '.env': 'KEY=1\n',
      '.gitignore': '.env\ndist/\n',
      '.gitattributes': '*.txt text eol=crlf ident\n',
      'bin/run': '#!/bin/sh\n',
    })
    using data = tempFolder()
    git(work.path, 'init', '-q')
    git(work.path, 'add', '-A')
    git(work.path, 'commit', '-qm', 'start')
    fs.mkdirSync(join(work.path, 'empty/inner'), { recursive: true })
    fs.chmodSync(join(work.path, 'bin/run'), 0o755)
    fs.chmodSync(join(work.path, '.env'), 0o600)
    fs.symlinkSync('a.txt', join(work.path, 'link'))
    const files = () =>
      Object.fromEntries(Object.entries(snapshot(work.path)).filter(([p]) => !/^\.git(\/|$)/.test(p)))
    const before = files()
    const checkpoints = open(work.path, data.path)
    const start = await checkpoints.take()
    fs.writeFileSync(join(work.path, 'a.txt'), 'changed')
    fs.rmSync(join(work.path, 'src'), { recursive: true })
    fs.writeFileSync(join(work.path, 'src'), 'a file now')
    fs.rmSync(join(work.path, '.env'))
    fs.mkdirSync(join(work.path, 'new/folder'), { recursive: true })
    fs.writeFileSync(join(work.path, 'new/folder/c'), 'c')
    fs.rmSync(join(work.path, 'empty'), { recursive: true })
    fs.chmodSync(join(work.path, 'bin/run'), 0o644)
    fs.rmSync(join(work.path, 'link'))
    fs.mkdirSync(join(work.path, 'link'))
    const after = files()
    const end = await checkpoints.take()
    const restored = await checkpoints.restore(start, { expected: end })
    expect(restored.kept).toEqual([])
    expect(files()).toEqual(before)
    expect(restored.after.id).toBe(start.id)
    await checkpoints.restore(end, { expected: start })
    expect(files()).toEqual(after)
  })

  it('leaves the repository of the user as it is', async () => {
    using work = tempFolder({ 'a.txt': '1' })
    using data = tempFolder()
    git(work.path, 'init', '-q')
    const before = snapshot(join(work.path, '.git'))
    const checkpoints = open(work.path, data.path)
    const start = await checkpoints.take()
    fs.writeFileSync(join(work.path, 'a.txt'), '2')
    await checkpoints.restore(start, { expected: null, force: true })
    expect(snapshot(join(work.path, '.git'))).toEqual(before)
    expect(fs.readFileSync(join(work.path, 'a.txt'), 'utf8')).toBe('1')
  })

  it('keeps what someone else changed since, unless forced', async () => {
    using work = tempFolder({ 'a.txt': '1', 'b.txt': '1' })
    using data = tempFolder()
    const checkpoints = open(work.path, data.path)
    const start = await checkpoints.take()
    fs.writeFileSync(join(work.path, 'a.txt'), '2')
    fs.writeFileSync(join(work.path, 'b.txt'), '2')
    const end = await checkpoints.take()
    fs.writeFileSync(join(work.path, 'b.txt'), 'mine')
    const restored = await checkpoints.restore(start, { expected: end })
    expect(restored.kept).toEqual(['b.txt'])
    expect(fs.readFileSync(join(work.path, 'a.txt'), 'utf8')).toBe('1')
    expect(fs.readFileSync(join(work.path, 'b.txt'), 'utf8')).toBe('mine')
    await checkpoints.restore(start, { expected: end, force: true })
    expect(fs.readFileSync(join(work.path, 'b.txt'), 'utf8')).toBe('1')
  })

  it('names what it does not cover', async () => {
    using work = tempFolder({ 'a.txt': '1', '.gitignore': 'out/\n', 'out/x.js': '1', 'sub/x': '1' })
    using data = tempFolder()
    git(work.path, 'init', '-q')
    git(join(work.path, 'sub'), 'init', '-q')
    fs.writeFileSync(join(work.path, 'big.bin'), Buffer.alloc(33 * 1024 * 1024))
    const { uncovered } = await open(work.path, data.path).take()
    expect(uncovered).toContainEqual({ path: 'out', why: 'ignored folder' })
    expect(uncovered).toContainEqual({ path: 'big.bin', why: 'too large' })
  })

  it('follows no link out of the workspace', async () => {
    using work = tempFolder({ 'd/a.txt': '1' })
    using outside = tempFolder({ 'a.txt': 'precious' })
    using data = tempFolder()
    const checkpoints = open(work.path, data.path)
    const start = await checkpoints.take()
    fs.rmSync(join(work.path, 'd'), { recursive: true })
    fs.symlinkSync(outside.path, join(work.path, 'd'))
    const end = await checkpoints.take()
    await checkpoints.restore(start, { expected: end })
    expect(fs.readFileSync(join(outside.path, 'a.txt'), 'utf8')).toBe('precious')
    expect(fs.lstatSync(join(work.path, 'd')).isDirectory()).toBe(true)
    expect(fs.readFileSync(join(work.path, 'd/a.txt'), 'utf8')).toBe('1')
  })

  it('brings back any state after any steps', { timeout: 1_200_000 }, async () => {
    const name = fc.constantFrom('a', 'b', 'd/a', 'd/b', 'd/e/c', '.hidden', 'ä b', 'x.log')
    const step = fc.oneof(
      fc.record({ op: fc.constant('write' as const), name, text: fc.string({ maxLength: 8 }) }),
      fc.record({ op: fc.constant('delete' as const), name }),
      fc.record({ op: fc.constant('folder' as const), name }),
      fc.record({
        op: fc.constant('chmod' as const),
        name,
        mode: fc.constantFrom(0o600, 0o644, 0o755, 0o700),
      }),
      fc.record({ op: fc.constant('link' as const), name, to: name }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 4 }),
        async (turns) => {
          using work = tempFolder({ a: '1', 'd/a': '2', '.gitignore': '*.log\n' })
          using data = tempFolder()
          const checkpoints = createCheckpoints({ root: work.path, folder: data.path, env: process.env })
          const seen = [{ at: await checkpoints.take(), files: snapshot(work.path) }]
          for (const turn of turns) {
            for (const act of turn) play(work.path, act)
            seen.push({ at: await checkpoints.take(), files: snapshot(work.path) })
          }
          for (const { at, files } of [...seen].reverse()) {
            await checkpoints.restore(at, { expected: null })
            expect(snapshot(work.path)).toEqual(files)
          }
          await checkpoints.close()
        },
      ),
      { numRuns: RUNS },
    )
  })
})

type Act = {
  op: 'write' | 'delete' | 'folder' | 'chmod' | 'link'
  name: string
  text?: string
  mode?: number
  to?: string
}

/** What a command may do; an act that the file system refuses is no act. */
function play(root: string, act: Act): void {
  const path = join(root, act.name)
  try {
    if (act.op === 'delete') fs.rmSync(path, { recursive: true, force: true })
    if (act.op === 'folder') fs.mkdirSync(path, { recursive: true })
    if (act.op === 'chmod' && !fs.lstatSync(path).isSymbolicLink() && fs.statSync(path).isFile())
      fs.chmodSync(path, act.mode ?? 0)
    if (act.op === 'link') fs.symlinkSync(act.to ?? '', path)
    if (act.op === 'write') {
      fs.mkdirSync(join(path, '..'), { recursive: true })
      fs.writeFileSync(path, act.text ?? '')
    }
  } catch {
    // Refused.
  }
}
