import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GuardError } from '../errors.ts'
import { createSandbox } from './create-sandbox.ts'
import type { SandboxOptions } from './create-sandbox.ts'
import { findTool } from './find-tool.ts'
import { runLaunch } from './run-launch.ts'
import type { Sandbox, SandboxRequest } from './sandbox.ts'

const find = findTool([])
/** Each backend that this machine can have: util-linux is part of every distribution. */
const backends = [
  { name: 'util-linux', find: (tool: string) => (tool === 'bwrap' ? null : find(tool)) },
  {
    name: 'util-linux without perl',
    find: (tool: string) => (tool === 'bwrap' || tool === 'perl' ? null : find(tool)),
  },
  ...(find('bwrap') === null ? [] : [{ name: 'bubblewrap', find }]),
]

let root: string
let workspace: string
let home: string
const open: Sandbox[] = []

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'sandbox-')))
  home = join(root, 'home')
  workspace = join(home, 'project')
  mkdirSync(join(workspace, 'src'), { recursive: true })
  mkdirSync(join(home, '.ssh'))
  writeFileSync(join(home, '.ssh/id'), 'private key')
  writeFileSync(join(workspace, 'src/a.txt'), 'a\n')
  git('init', '-q')
})
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close()
  rmSync(root, { recursive: true, force: true })
})

const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace, encoding: 'utf8' })

const create = (options: Partial<SandboxOptions>): Sandbox => {
  const env = { PATH: process.env['PATH'], LANG: 'C.UTF-8', SECRET_TOKEN: 'do-not-show-this' }
  const sandbox = createSandbox({ workspace, home, env, dataDir: join(root, 'data'), ...options })
  open.push(sandbox)
  return sandbox
}

const sh = async (sandbox: Sandbox, command: string, request: Partial<SandboxRequest> = {}) => {
  const launch = sandbox.launch({ argv: ['/bin/bash', '-c', command], cwd: workspace, ...request })
  const { code, output } = await runLaunch(launch, 20_000)
  return { code, output: Buffer.from(output, 'latin1').toString('utf8') }
}

describe.each(backends)('$name', ({ find }) => {
  test('the workspace can be written, nothing else', async () => {
    const sandbox = create({ find })
    const { code, output } = await sh(
      sandbox,
      `echo b > src/b.txt && cat src/a.txt; for f in /usr/x /etc/x /var/x ${root}/x /x /sys/x; do echo y > $f && echo LEAK $f; done; :`,
    )
    expect(code).toBe(0)
    expect(output).toContain('a\n')
    expect(output).not.toMatch(/^LEAK (?!\/tmp|.*sandbox-)/mu)
    expect(readFileSync(join(workspace, 'src/b.txt'), 'utf8')).toBe('b\n')
    expect(existsSync(join(root, 'x'))).toBe(false)
  })

  test('exit codes and arguments pass through', async () => {
    const sandbox = create({ find })
    expect((await sh(sandbox, 'exit 7')).code).toBe(7)
    expect((await sh(sandbox, 'kill -KILL $$')).code).toBe(137)
    const odd = 'a b\n\'"\\ $(x) ü'
    const launch = sandbox.launch({ argv: ['/usr/bin/printf', '%s|', odd, ''], cwd: join(workspace, 'src') })
    expect(Buffer.from((await runLaunch(launch, 20_000)).output, 'latin1').toString('utf8')).toBe(`${odd}||`)
  })

  test('home is empty and private apart from the workspace; temporary folders are private', async () => {
    writeFileSync(join(root, 'host-file'), '')
    const { output } = await sh(
      create({ find }),
      'echo t > /tmp/t && cat /tmp/t; cat ~/.ssh/id; ls -A ~; ls /tmp /run; df /run | tail -1',
    )
    expect(output).toContain('t\n')
    expect(output).not.toContain('private key')
    expect(output).not.toContain('host-file')
    expect(output).toMatch(/^project$/mu)
    expect(existsSync('/tmp/t')).toBe(false)
  })

  test('git works, its configuration, hooks and folder are pinned', async () => {
    writeFileSync(
      join(home, '.gitconfig'),
      '[user]\n\tname = Ada\n\temail = ada@example.org\n[credential]\n\thelper = store\n',
    )
    const sandbox = create({ find })
    const { code, output } = await sh(
      sandbox,
      `git add -A && git commit -qm one && git log --format='%an %ae' && git stash list && git config credential.helper; git checkout -qb other`,
    )
    expect(output).toBe('Ada ada@example.org\n')
    expect(code).toBe(0)
    const before = readFileSync(join(workspace, '.git/config'), 'utf8')
    const attack = await sh(
      sandbox,
      `echo x > .git/hooks/pre-commit && echo LEAK; git config core.fsmonitor /x && echo LEAK; echo '* filter=x' > .git/info/attributes && echo LEAK
       mv .git .g && echo LEAK; rm -rf .git/hooks && echo LEAK; mkdir -p .git/modules/x && echo LEAK; mkdir .git/worktrees/x && echo LEAK
       echo ../evil > .git/commondir && echo LEAK; rm -f .git/commondir && echo LEAK; ln -sf x .git/config && echo LEAK; :`,
    )
    expect(attack.output).not.toContain('LEAK')
    expect(readFileSync(join(workspace, '.git/config'), 'utf8')).toBe(before)
    expect(existsSync(join(workspace, '.git/hooks/pre-commit'))).toBe(false)
    await sandbox.close()
    expect(readdirSync(join(workspace, '.git')).sort()).not.toContain('commondir')
    expect(git('fsck')).toBe('')
  })

  test('protected names cannot be written, whether present or absent; nothing of that stays behind', async () => {
    mkdirSync(join(workspace, '.vscode'))
    mkdirSync(join(workspace, '.github/workflows'), { recursive: true })
    writeFileSync(join(workspace, '.vscode/settings.json'), '{}')
    writeFileSync(join(workspace, 'AGENTS.md'), 'rules')
    const sandbox = create({ find })
    const { output } = await sh(
      sandbox,
      `for f in .vscode/tasks.json .vscode/settings.json AGENTS.md .claude/settings.json .mcp.json .cursor/mcp.json .github/workflows/x.yml .cairn/p; do
         mkdir -p $(dirname $f); echo x > $f; done
       mv .github .gh; mv .vscode .vs; rm -rf AGENTS.md .claude; git status --porcelain`,
    )
    expect(output.match(/^\?\? .*$/gmu)).toEqual(['?? .vscode/', '?? AGENTS.md', '?? src/'])
    expect(git('status', '--porcelain').split('\n').filter(Boolean)).toEqual([
      '?? .vscode/',
      '?? AGENTS.md',
      '?? src/',
    ])
    await sandbox.close()
    expect(readdirSync(workspace).sort()).toEqual(['.git', '.github', '.vscode', 'AGENTS.md', 'src'])
    expect(readFileSync(join(workspace, 'AGENTS.md'), 'utf8')).toBe('rules')
    expect(readdirSync(join(workspace, '.vscode'))).toEqual(['settings.json'])
  })

  test('a repository made by commands becomes the one of the workspace, without what starts programs', async () => {
    rmSync(join(workspace, '.git'), { recursive: true })
    writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.org\n')
    const sandbox = create({ find })
    await sandbox.probe()
    const first = await sh(
      sandbox,
      'git init -q && git add -A && git commit -qm one && git branch other && git commit -q --allow-empty -m two',
    )
    expect(first.output).toBe('')
    await sh(
      sandbox,
      `echo 'touch ${root}/PWNED' > .git/hooks/post-index-change; chmod +x .git/hooks/*; git config core.fsmonitor 'touch ${root}/PWNED'
       git config core.pager 'touch ${root}/PWNED'; git config include.path evil; git config filter.x.clean evil
       git config remote.bad.url 'ext::sh -c evil'; git config remote.origin.url https://example.org/x.git; git config alias.st '!evil'
       echo '* filter=x' > .git/info/attributes; echo '*.log' > .git/info/exclude; ln -s /etc .git/refs/heads/link
       echo /etc > .git/objects/info/alternates`,
    )
    expect(readdirSync(join(workspace, '.git'))).toEqual([])
    await sandbox.close()
    expect(git('log', '--format=%s')).toBe('two\none\n')
    expect(git('status', '--porcelain')).toBe('')
    expect(git('branch', '--format=%(refname:short)').split('\n')).toContain('other')
    expect(git('config', '--local', '--list').split('\n').sort()).toEqual([
      '',
      'core.bare=false',
      'core.filemode=true',
      'core.logallrefupdates=true',
      'core.repositoryformatversion=0',
      'remote.origin.url=https://example.org/x.git',
    ])
    expect(existsSync(join(workspace, '.git/hooks'))).toBe(false)
    expect(existsSync(join(workspace, '.git/info/attributes'))).toBe(false)
    expect(existsSync(join(workspace, '.git/objects/info/alternates'))).toBe(false)
    expect(existsSync(join(workspace, '.git/refs/heads/link'))).toBe(false)
    expect(existsSync(join(root, 'PWNED'))).toBe(false)
    expect(git('fsck')).toBe('')
  })

  test('what is no repository leaves nothing behind', async () => {
    rmSync(join(workspace, '.git'), { recursive: true })
    const sandbox = create({ find })
    await sh(
      sandbox,
      'mkdir -p .git/hooks; echo x > .git/hooks/pre-commit; echo x > .git/config; echo y > .git/HEAD',
    )
    await sandbox.close()
    expect(readdirSync(workspace)).toEqual(['src'])
  })

  test('the environment is the allow-list, the request and nothing else', async () => {
    const { output } = await sh(create({ find }), 'env', { env: { EXTRA: 'multi\nline', 'bad name': 'x' } })
    expect(output).toContain('EXTRA=multi\nline')
    expect(output).not.toContain('do-not-show-this')
    expect(output).not.toContain('bad name')
    expect(output).toContain(`HOME=${home}`)
  })

  test('variables that load code have no effect on the launcher', async () => {
    const sandbox = create({ find })
    const mark = join(root, 'mark')
    writeFileSync(join(workspace, 'rc'), `echo > ${mark}\n`)
    await sh(sandbox, ':', {
      env: {
        BASH_ENV: join(workspace, 'rc'),
        ENV: join(workspace, 'rc'),
        PERL5OPT: '-Mx',
        LD_PRELOAD: '/x.so',
      },
    })
    expect(existsSync(mark)).toBe(false)
  })

  test('an overlay is shown in place of the workspace, which stays as it is', async () => {
    const overlay = join(root, 'data', 'copy')
    mkdirSync(overlay, { recursive: true })
    writeFileSync(join(overlay, 'only-here'), 'o')
    const sandbox = create({ find })
    const { output } = await sh(sandbox, 'pwd; ls -A; echo n > new', { overlay })
    expect(output).toBe(`${workspace}\nonly-here\n`)
    expect(readdirSync(overlay).sort()).toEqual(['new', 'only-here'])
    expect(existsSync(join(workspace, 'new'))).toBe(false)
  })

  test('the data folder is hidden, also inside of the workspace', async () => {
    const dataDir = join(workspace, '.cairn')
    const sandbox = create({ find, dataDir })
    writeFileSync(join(dataDir, 'journal'), 'secret journal')
    expect((await sh(sandbox, 'cat .cairn/journal; ls -A .cairn')).output).not.toContain('secret journal')
  })

  test('programs of PATH below home stay usable', async () => {
    const bin = join(home, '.tool/bin')
    mkdirSync(bin, { recursive: true })
    mkdirSync(join(home, '.tool/lib'))
    writeFileSync(join(home, '.tool/lib/text'), 'from lib')
    writeFileSync(join(home, '.tool/credentials'), 'token')
    writeFileSync(join(bin, 'my-tool'), `#!/bin/sh\ncat ${home}/.tool/lib/text ${home}/.tool/credentials\n`, {
      mode: 0o755,
    })
    const { output } = await sh(
      create({ find, env: { PATH: `${bin}:/usr/bin:/bin` } }),
      'my-tool; node --version',
    )
    expect(output).toContain('from lib')
    expect(output).not.toContain('token')
  })

  test('other processes and the network are out of reach, the own loopback interface works', async () => {
    const { output } = await sh(
      create({ find }),
      `kill -0 ${process.pid} && echo LEAK; ls /proc | grep -c '^[0-9]'; cat /proc/net/dev | grep -c :; (exec 3<>/dev/tcp/127.0.0.1/9) 2>&1 | grep -o 'refused' | head -1`,
    )
    expect(output).not.toContain('LEAK')
    expect(output).toContain('refused')
    expect(Number(output.split('\n').find((line) => /^\d+$/u.test(line)))).toBeLessThan(10)
  })

  test('limits hold', async () => {
    const sandbox = create({ find, limits: { fileBytes: 1 << 20, tmpBytes: 1 << 20 } })
    const { output } = await sh(
      sandbox,
      'ulimit -f -c; head -c 3000000 /dev/zero > big; wc -c < big; head -c 3000000 /dev/zero > /dev/shm/x; wc -c < /dev/shm/x',
    )
    expect(output).toMatch(/^1048576$/mu)
    expect(output).not.toMatch(/^3000000$/mu)
  })

  test('a working folder outside of the workspace is refused', () => {
    const sandbox = create({ find })
    symlinkSync('/etc', join(workspace, 'link'))
    for (const cwd of [
      '/etc',
      join(workspace, '..'),
      join(workspace, 'link'),
      `${workspace}-evil`,
      join(workspace, 'missing'),
    ]) {
      expect(() => sandbox.launch({ argv: ['/bin/true'], cwd })).toThrow(GuardError)
    }
  })
})

test('without a backend nothing runs, and the error says what to install', async () => {
  const sandbox = create({ find: () => null })
  expect(sandbox.backend).toBe('none')
  expect(() => sandbox.launch({ argv: ['/bin/true'], cwd: workspace })).toThrow(/no boundary/u)
  const { level, hint } = await sandbox.probe()
  expect(level).toBe('none')
  expect(hint).toMatch(/install/u)
})

test('the repository of a session that was killed is there after the next one', async () => {
  rmSync(join(workspace, '.git'), { recursive: true })
  const options = JSON.stringify({
    workspace,
    home,
    dataDir: join(root, 'data'),
    env: { PATH: process.env['PATH'] },
  })
  const script = `import { createSandbox } from ${JSON.stringify(new URL('./create-sandbox.ts', import.meta.url).href)}
    import { runLaunch } from ${JSON.stringify(new URL('./run-launch.ts', import.meta.url).href)}
    const box = createSandbox(${options})
    await runLaunch(box.launch({ argv: ['/bin/bash', '-c', 'git init -q'], cwd: ${JSON.stringify(workspace)} }), 20000)
    process.kill(process.pid, 'SIGKILL')`
  spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect(readdirSync(join(workspace, '.git'))).toEqual([])
  expect(readdirSync(workspace)).toContain('.mcp.json')
  const sandbox = create({})
  await sandbox.probe()
  await sandbox.close()
  expect(git('status', '--porcelain')).toBe('?? src/\n')
  expect(readdirSync(workspace).sort()).toEqual(['.git', 'src'])
})

test('a home folder is refused as a workspace, with the reason', async () => {
  const sandbox = create({ workspace: home })
  expect(() => sandbox.launch({ argv: ['/bin/true'], cwd: home })).toThrow(/is your home folder/u)
  const { level, checks, hint } = await sandbox.probe()
  expect([level, checks[0]?.detail, hint]).toEqual([
    'none',
    expect.stringContaining('is your home folder'),
    expect.stringContaining('--cwd'),
  ])
})

test('a protected name that is a link is reported', async () => {
  mkdirSync(join(workspace, 'elsewhere'))
  symlinkSync('elsewhere', join(workspace, '.claude'))
  const { level, checks } = await create({}).probe()
  expect(level).toBe('partial')
  expect(checks.filter(({ held }) => !held).map(({ detail }) => detail)).toEqual([
    '.claude is a symbolic link, which a command can replace',
  ])
})
