import { array, assert, constantFrom, property } from 'fast-check'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileView } from './file-view.ts'
import { plainLookUp } from './look-up.ts'
import type { LookUp } from './look-up.ts'
import type { FileView } from './mount.ts'
import { rememberView } from './remember-view.ts'

let root: string
let workspace: string
let time: number
let looked: number

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'view-')))
  workspace = join(root, 'ws')
  mkdirSync(join(workspace, '.git/hooks'), { recursive: true })
  writeFileSync(join(workspace, '.git/config'), '')
  for (const name of ['home', 'data']) mkdirSync(join(root, name))
  time = 0
  looked = 0
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const look = (by: LookUp): FileView => ({
  ...fileView(
    {
      workspace,
      home: join(root, 'home'),
      dataDir: join(root, 'data'),
      path: [join(root, 'home/.tool/bin'), '/usr/bin'],
      node: process.execPath,
      extraReadable: [],
      gitFolder: null,
      pendingGit: null,
      root: false,
      tmpBytes: 1,
    },
    by,
  ),
  // Their creation is not what is looked at here.
  stubs: [],
})
const remembered = () =>
  rememberView(
    (by) => {
      looked++
      return look(by)
    },
    () => time,
  )
/** A clock of a second at least between two views, so that all is trusted that may be. */
const after = (view: () => FileView): FileView => {
  time += 3000
  return view()
}

test('a view is looked up twice, then remembered until something changes', () => {
  const view = remembered()
  for (let index = 0; index < 5; index++) after(view)
  expect(looked).toBe(2)
  writeFileSync(join(workspace, 'AGENTS.md'), '')
  expect(after(view)).toEqual(look(plainLookUp))
  expect(looked).toBe(3)
})

test('what may have changed within one tick of the clock is looked up again', () => {
  const view = remembered()
  for (let index = 0; index < 5; index++) {
    time += 1
    view()
  }
  expect(looked).toBe(5)
})

/** For longer than the clock of a file system takes to move on. */
const pause = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15)

/** Without the time at which a file was written to: what is mounted is the same file. */
const shown = (view: FileView) => ({ ...view, identity: view.identity.replace(/:[\d.]+$/gmu, '') })

const changes: Record<string, () => void> = {
  file: () => writeFileSync(join(workspace, 'AGENTS.md'), ''),
  'no file': () => rmSync(join(workspace, 'AGENTS.md'), { force: true }),
  folder: () => mkdirSync(join(workspace, '.vscode'), { recursive: true }),
  'filled folder': () => {
    mkdirSync(join(workspace, '.vscode'), { recursive: true })
    writeFileSync(join(workspace, '.vscode/tasks.json'), '')
  },
  'emptied folder': () => rmSync(join(workspace, '.vscode/tasks.json'), { force: true }),
  'no folder': () => rmSync(join(workspace, '.vscode'), { recursive: true, force: true }),
  workflows: () => mkdirSync(join(workspace, '.github/workflows'), { recursive: true }),
  'no workflows': () => rmSync(join(workspace, '.github/workflows'), { recursive: true, force: true }),
  'no github': () => rmSync(join(workspace, '.github'), { recursive: true, force: true }),
  link: () => {
    rmSync(join(workspace, '.claude'), { recursive: true, force: true })
    symlinkSync('target', join(workspace, '.claude'))
  },
  target: () => mkdirSync(join(workspace, 'target'), { recursive: true }),
  'no target': () => rmSync(join(workspace, 'target'), { recursive: true, force: true }),
  hook: () => {
    mkdirSync(join(workspace, '.git/hooks'), { recursive: true })
    writeFileSync(join(workspace, '.git/hooks/pre-commit'), '')
  },
  'no repository': () => rmSync(join(workspace, '.git'), { recursive: true, force: true }),
  worktree: () => {
    rmSync(join(workspace, '.git'), { recursive: true, force: true })
    writeFileSync(join(workspace, '.git'), 'gitdir: elsewhere\n')
  },
  tool: () => mkdirSync(join(root, 'home/.tool/bin'), { recursive: true }),
  'no tool': () => rmSync(join(root, 'home/.tool'), { recursive: true, force: true }),
  'another time': () => utimesSync(workspace, 1, 1),
  'another mode': () => chmodSync(workspace, 0o700),
}

test('whatever changes, the remembered view is the one that would be looked up', () => {
  assert(
    property(array(constantFrom(...Object.keys(changes)), { maxLength: 12 }), (names) => {
      const view = remembered()
      for (const name of names) {
        after(view)
        pause()
        after(view)
        try {
          changes[name]?.()
        } catch {
          // Does not fit what is there.
        }
        expect(shown(after(view))).toEqual(shown(look(plainLookUp)))
      }
    }),
    { numRuns: 30 },
  )
})
