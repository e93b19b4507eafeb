import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { openWorktree, type Worktree } from './worktree.ts'

const RUNS = Number(process.env['CAIRN_TREE_RUNS'] ?? 6)

let folder = ''
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()

/** A repository, a clone of it, and a worktree of each: two machines. */
async function twoMachines(): Promise<{ base: string; here: Worktree; there: Worktree }> {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-tree-')))
  const [one, two] = [join(folder, 'one'), join(folder, 'two')] as const
  mkdirSync(join(one, 'd/e'), { recursive: true })
  writeFileSync(join(one, '.gitattributes'), '*.crlf text eol=crlf\n')
  writeFileSync(join(one, '.gitignore'), '*.log\n')
  writeFileSync(join(one, 'a.txt'), 'one\ntwo\nthree\n')
  writeFileSync(join(one, 'b.crlf'), 'one\r\ntwo\r\n')
  writeFileSync(join(one, 'd/run.sh'), 'echo\n', { mode: 0o755 })
  writeFileSync(join(one, 'd/e/raw'), Uint8Array.of(0, 1, 254, 255))
  symlinkSync('../a.txt', join(one, 'd/link'))
  git(one, 'init', '-q', '-b', 'main')
  git(one, 'add', '-A')
  git(one, 'commit', '-qm', 'first')
  git(folder, 'clone', '-q', one, two)
  const base = git(one, 'rev-parse', 'HEAD')
  return {
    base,
    here: await openWorktree(one, join(folder, 'here'), base, []),
    there: await openWorktree(two, join(folder, 'there'), base, []),
  }
}

/** All files with what matters of them. */
function filesOf(root: string, at = ''): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(join(root, at))) {
    const path = join(at, name)
    if (path === '.git') continue
    const stat = lstatSync(join(root, path))
    if (stat.isDirectory()) Object.assign(found, filesOf(root, path))
    else if (stat.isSymbolicLink()) found[path] = `link ${readlinkSync(join(root, path))}`
    else
      found[path] =
        `${(stat.mode & 0o100) === 0 ? '-' : 'x'} ${readFileSync(join(root, path)).toString('hex')}`
  }
  return found
}

const place = fc.constantFrom(
  'a.txt',
  'b.crlf',
  'new.crlf',
  'd',
  'd/run.sh',
  'd/e/raw',
  'd/link',
  'x y/ü\n.txt',
  'x y/"q"',
  '-n',
  'kept.log',
)
const change = fc.record({
  path: place,
  what: fc.oneof(
    fc.constant('remove' as const),
    fc.record({ target: fc.constantFrom('a.txt', '/nowhere', 'd') }),
    fc.record({
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc
          .constantFrom('', 'no end', 'a\r\nb\n', 'one\ntwo\nfour\n')
          .map((text) => new Uint8Array(Buffer.from(text))),
      ),
      mode: fc.constantFrom(0o644, 0o755),
    }),
  ),
  staged: fc.boolean(),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

function apply(root: string, { path, what, staged }: Change): void {
  const at = join(root, path)
  const above = path.split('/').slice(0, -1)
  for (let depth = 1; depth <= above.length; depth++) {
    const parent = join(root, ...above.slice(0, depth))
    const stat = lstatSync(parent, { throwIfNoEntry: false })
    if (stat !== undefined && !stat.isDirectory()) rmSync(parent)
  }
  rmSync(at, { recursive: true, force: true })
  if (what !== 'remove') {
    mkdirSync(dirname(at), { recursive: true })
    if ('target' in what) symlinkSync(what.target, at)
    else {
      writeFileSync(at, what.bytes)
      chmodSync(at, what.mode)
    }
  }
  // What git ignores is carried only where somebody staged it.
  if ((staged || path.endsWith('.log')) && what !== 'remove') git(root, 'add', '-f', '--', path)
}

test(
  'any state of the files is made again elsewhere, from the commit and the patch alone',
  { timeout: 60_000 + RUNS * 2_000 },
  async () => {
    const { base, here, there } = await twoMachines()
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.array(change, { maxLength: 3 }),
        async (changes, dirt) => {
          await here.reset(base)
          for (const each of changes) apply(here.path, each)
          const index = git(here.path, 'diff', '--cached', '--name-status')
          const tree = await here.tree.take()
          const patch = await here.tree.patch(base, tree)
          expect(git(here.path, 'diff', '--cached', '--name-status')).toBe(index)
          for (const each of dirt) apply(there.path, each)
          expect(await there.tree.restore(base, tree, patch)).toBe(true)
          const wanted = filesOf(here.path)
          // Line ends are git's business where .gitattributes says so.
          for (const path of Object.keys(wanted)) if (path.endsWith('.crlf')) delete wanted[path]
          expect(filesOf(there.path)).toMatchObject(wanted)
          expect(await there.tree.take()).toBe(tree)
          expect((await there.patch())?.toString('latin1')).toBe((await here.patch())?.toString('latin1'))
        },
      ),
      { numRuns: RUNS },
    )
  },
)

test('a patch that leads elsewhere, or nowhere, is refused and touches nothing', async () => {
  const { base, here, there } = await twoMachines()
  writeFileSync(join(here.path, 'a.txt'), 'changed\n')
  const tree = await here.tree.take()
  const patch = await here.tree.patch(base, tree)
  writeFileSync(join(there.path, 'own.txt'), 'mine\n')
  const wrong = [
    [tree, new Uint8Array(0)],
    [tree, Buffer.from('no patch')],
    [tree, patch.subarray(0, patch.length - 4)],
    [`${tree.slice(1)}0`, patch],
  ] as const
  for (const [wanted, bytes] of wrong) expect(await there.tree.restore(base, wanted, bytes)).toBe(false)
  expect(readFileSync(join(there.path, 'a.txt'), 'utf8')).toBe('one\ntwo\nthree\n')
  expect(existsSync(join(there.path, 'own.txt'))).toBe(true)
  expect(await there.tree.restore(base, tree, patch)).toBe(true)
  expect(existsSync(join(there.path, 'own.txt'))).toBe(false)
})
