import { openCheckpoints } from '@cairn/agent'
import { createRedactor, openOwnGit } from '@cairn/guard'
import { openStore, type FileEffect } from '@cairn/journal'
import { array, assert, asyncProperty, boolean, constantFrom, option, record } from 'fast-check'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { createCommit } from './create-commit.ts'
import { planCommit, type CommitScope } from './plan-commit.ts'

/** Some are a folder for the others. */
const NAMES = ['a', 'b', 'd', 'd/x', 'd/y', 'e/f/g', 'ü "n"', ':(top)*', '-x', 'e/f']

interface Rig extends AsyncDisposable {
  folder: string
  repo: string
  git(...words: string[]): string
  /** Writes a file, or with null removes it; whatever stood in its way is removed. Gives the paths that changed. */
  put(path: string, text: string | null): string[]
  /** Commits what "the session" changed. */
  commit(files: readonly string[], scope?: CommitScope, folder?: string): Promise<void>
}

function rig(): Rig {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-commit-test-')))
  const repo = join(folder, 'repo')
  mkdirSync(repo)
  writeFileSync(
    join(folder, '.gitconfig'),
    '[user]\n\tname = n\n\temail = e\n[init]\n\tdefaultBranch = main\n',
  )
  const env = { PATH: process.env['PATH'], HOME: folder }
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'core.quotePath=false', ...words], { cwd: repo, env, encoding: 'utf8' })
  git('init', '-q')
  let made = 0
  return {
    folder,
    repo,
    git,
    put(path, text) {
      const at = join(repo, path)
      const gone: string[] = []
      for (let parent = dirname(path); parent !== '.'; parent = dirname(parent))
        if (existsSync(join(repo, parent)) && statSync(join(repo, parent)).isFile()) {
          rmSync(join(repo, parent))
          gone.push(parent)
        }
      if (existsSync(at) && statSync(at).isDirectory()) {
        gone.push(...NAMES.filter((name) => name.startsWith(`${path}/`) && existsSync(join(repo, name))))
        rmSync(at, { recursive: true })
      }
      if (text === null) {
        if (existsSync(at)) rmSync(at)
        return [...gone, path]
      }
      mkdirSync(dirname(at), { recursive: true })
      writeFileSync(at, text)
      return [...gone, path]
    },
    async commit(files, scope = 'session', inside = '') {
      made += 1
      const own = await openOwnGit({ cwd: repo, env, hooks: false })
      if (own === null) throw new Error('no repository')
      const store = openStore(join(folder, `s${made}.db`), { sessionId: 's', mode: 'writer', now: () => 5 })
      const checkpoints = openCheckpoints(join(folder, 'data'), join(repo, inside), env)
      const effects = files.map((path): FileEffect => ({ path, op: 'wrote', after: null }))
      const at = { time: 5, turn: 1, step: 1 }
      store.append([
        { ...at, kind: 'user.message', body: { text: 'do it' } },
        {
          ...at,
          kind: 'tool.done',
          body: { call: 'c', tool: 'edit', ok: true, output: '', ms: 1, files: effects },
        },
      ])
      try {
        const plan = await planCommit({
          git: own,
          hooks: false,
          store,
          checkpoints,
          folder: inside,
          tree: '',
          scope,
          message: null,
          draft: null,
          trailers: ['Cairn-Session: s'],
          redactor: createRedactor({ registered: [], env: {}, salt: new Uint8Array(16) }),
          index: join(folder, `index-${made}`),
        })
        expect((await createCommit(own, plan)).problem).toBeNull()
      } finally {
        await checkpoints.close()
        store.close()
      }
    },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

const change = record({ path: constantFrom(...NAMES), text: option(constantFrom('1\n', '2\n', '3\r\n')) })
const runs = Number(process.env['CAIRN_COMMIT_RUNS'] ?? 8)

/** What git has of each path, by the words of `ls-tree` or `ls-files`. */
function objects(text: string): Map<string, string> {
  return new Map(
    text
      .split('\0')
      .filter(Boolean)
      .map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]),
  )
}

test('a commit holds what the session changed and nothing else; index and files of the person stay', async () => {
  await assert(
    asyncProperty(
      array(change, { minLength: 1 }),
      array(record({ change, staged: boolean() }), { maxLength: 5 }),
      array(change, { minLength: 1, maxLength: 5 }),
      async (base, person, session) => {
        await using r = rig()
        for (const { path, text } of base) r.put(path, text)
        r.put('always', 'there\n')
        r.git('add', '--all')
        r.git('commit', '-qm', 'base')
        const ofPerson = new Set<string>()
        for (const one of person) {
          for (const path of r.put(one.change.path, one.change.text)) ofPerson.add(path)
          if (one.staged) r.git('add', '--all')
        }
        const ofSession = new Set<string>()
        for (const { path, text } of session) for (const each of r.put(path, text)) ofSession.add(each)
        const before = {
          head: objects(r.git('ls-tree', '-r', '-z', 'HEAD')),
          index: objects(r.git('ls-files', '-s', '-z')),
          status: r.git('status', '--porcelain', '-uall', '-z', '--no-renames'),
        }
        const files = () =>
          NAMES.map((name) =>
            existsSync(join(r.repo, name)) && statSync(join(r.repo, name)).isFile()
              ? readFileSync(join(r.repo, name), 'utf8')
              : null,
          )
        const disk = files()
        const changed = before.status
          .split('\0')
          .filter(Boolean)
          .map((entry) => entry.slice(3))
        const due = changed.filter((path) => ofSession.has(path))
        const differs = due.some((path) => {
          const at = join(r.repo, path)
          const is = existsSync(at) && statSync(at).isFile()
          return (
            is !== before.head.has(path) ||
            (is && r.git('hash-object', '--', `./${path}`).trim() !== before.head.get(path)?.split(' ')[2])
          )
        })
        if (!differs) {
          await expect(r.commit([...ofSession])).rejects.toMatchObject({ code: 'nothing-to-commit' })
          expect(objects(r.git('ls-files', '-s', '-z'))).toEqual(before.index)
          return
        }
        await r.commit([...ofSession])
        const head = objects(r.git('ls-tree', '-r', '-z', 'HEAD'))
        const index = objects(r.git('ls-files', '-s', '-z'))
        expect(files()).toEqual(disk)
        for (const path of new Set([
          ...before.head.keys(),
          ...head.keys(),
          ...before.index.keys(),
          ...index.keys(),
        ])) {
          // A file of the session stands where this would have to be: no tree can hold both.
          if (
            [...ofSession].some(
              (own) => head.has(own) && (path.startsWith(`${own}/`) || own.startsWith(`${path}/`)),
            )
          )
            continue
          if (!ofSession.has(path)) {
            expect([path, head.get(path)]).toEqual([path, before.head.get(path)])
            expect([path, index.get(path)]).toEqual([path, before.index.get(path)])
            continue
          }
          const at = join(r.repo, path)
          const is = existsSync(at) && statSync(at).isFile()
          expect([path, head.has(path)]).toEqual([path, is])
          if (is) expect(r.git('cat-file', 'blob', `HEAD:${path}`)).toBe(readFileSync(at, 'utf8'))
        }
      },
    ),
    { numRuns: runs },
  )
}, 120_000)

test('what is stored through a filter of the person, or with other line ends, is stored as git would', async () => {
  await using r = rig()
  writeFileSync(
    join(r.folder, '.gitconfig'),
    '[user]\n\tname = n\n\temail = e\n[core]\n\tautocrlf = input\n[filter "up"]\n\tclean = tr a-z A-Z\n\tsmudge = cat\n',
  )
  r.put('.gitattributes', '*.up filter=up\n')
  r.put('a.txt', 'one\n')
  r.git('add', '--all')
  r.git('commit', '-qm', 'base')
  r.put('a.txt', 'one\r\ntwo\r\n')
  r.put('b.up', 'large\n')
  await r.commit(['a.txt', 'b.up'])
  expect([r.git('show', 'HEAD:a.txt'), r.git('show', 'HEAD:b.up'), r.git('status', '--porcelain')]).toEqual([
    'one\ntwo\n',
    'LARGE\n',
    '',
  ])
})

test('a session of a folder commits the files of that folder', async () => {
  await using r = rig()
  r.put('app/a.txt', '1\n')
  r.put('a.txt', '1\n')
  r.git('add', '--all')
  r.git('commit', '-qm', 'base')
  r.put('app/a.txt', '2\n')
  r.put('a.txt', '2\n')
  await r.commit(['a.txt'], 'session', 'app')
  expect([r.git('show', '--name-only', '--format='), r.git('status', '--porcelain')]).toEqual([
    'app/a.txt\n',
    ' M a.txt\n',
  ])
})
