import { posix } from 'node:path'
import type { Analysis, SimpleCommand } from '../shell/analysis.ts'
import { isProtected } from '../protect/is-protected.ts'
import { readings } from './match-command.ts'
import type { Effect, PolicyLayer } from './rule.ts'

/** What is allowed where nobody says otherwise. The sandbox is the boundary: what it stops needs no rule. */
export const builtinLayer: PolicyLayer = {
  name: 'builtin',
  file: null,
  defaults: {},
  rules: [
    {
      id: 'rewrite-history',
      effect: 'ask',
      tool: ['exec'],
      command: [
        'git push ... --force*',
        'git push ... -f',
        'git push ... --mirror',
        'git rebase',
        'git commit ... --amend',
        'git filter-branch',
        'git filter-repo',
        'git update-ref',
        'git reflog expire',
        'git reflog delete',
        'git gc ... --prune=*',
        'git branch ... -D',
        'git branch ... --force',
        'git tag ... -d',
        'git replace',
      ],
      reason: 'It rewrites or drops commits. Make a new commit instead.',
    },
    {
      id: 'discard-work',
      effect: 'ask',
      tool: ['exec'],
      command: [
        'git reset ... --hard',
        'git clean ... -f*',
        'git clean ... -d*f*',
        'git clean ... -x*f*',
        'git clean ... --force',
        'git checkout ... -f',
        'git checkout ... --force',
        'git checkout ... .',
        'git restore .',
        'git restore -W ... .',
        'git restore ... --worktree ... .',
        'git restore --source* ... .',
        'git restore -s ... .',
        'git stash drop',
        'git stash clear',
      ],
      reason:
        'It throws away work that was not committed, perhaps not yours. Undo your own changes file by file.',
    },
    { id: 'sandboxed-command', effect: 'allow', tool: ['exec'], reason: 'Commands run in the sandbox.' },
    {
      id: 'workspace-file',
      effect: 'allow',
      tool: ['write'],
      reason: 'Files of the workspace may be changed.',
    },
  ],
}

/** A finding of the rules that no pattern can express. */
export interface BuiltinFinding {
  id: string
  effect: Effect
  reason: string
}

/** Refuses lines that look different from what they are, and the deletion of the whole workspace. */
export function builtinCommand(analysis: Analysis, workspace: string): BuiltinFinding | null {
  if (analysis.disguised) {
    const detail = analysis.doubts.find(({ doubt }) => doubt === 'disguised')?.detail ?? ''
    return {
      id: 'disguised-command',
      effect: 'deny',
      reason: `It has a character that hides what the command is (${detail}). Write it with an escape such as $'\\u…'.`,
    }
  }
  if (analysis.commands.some((command) => deletesWorkspace(command, workspace)))
    return {
      id: 'delete-workspace',
      effect: 'deny',
      reason: 'It deletes the whole workspace. Name the files that are to go.',
    }
  return null
}

/** Everything at the top, as a target: the folder itself, what contains it, or all that is in it. */
const whole = (target: string, workspace: string): boolean => {
  if (
    /^(?:\.\/)?(?:\*|\.\*|\.\[!\.\]\*|\{\*,\.\*\})$/u.test(target) ||
    /^["']?\$\{?(?:PWD|OLDPWD)\}?["']?(?:\/\*?)?$/u.test(target)
  )
    return true
  const path = posix.resolve(workspace, target.replace(/\/\*$/u, ''))
  return workspace === path || workspace.startsWith(path === '/' ? '/' : `${path}/`)
}

function deletesWorkspace(command: SimpleCommand, workspace: string): boolean {
  // A word that the shell computes is judged by how it is written.
  const words = command.argv.map((word, index) => word ?? command.words[index] ?? '')
  return readings({ ...command, argv: words }).some(([name, ...rest]) => {
    const args = rest.filter((arg) => arg !== null)
    if (name === 'rm') {
      const recursive = args.some((arg) => /^-[A-Za-z]*[rR]/u.test(arg) || arg === '--recursive')
      return recursive && args.some((arg) => !arg.startsWith('-') && whole(arg, workspace))
    }
    if (name === 'find') {
      const start = args[0] === undefined || args[0].startsWith('-') ? '.' : args[0]
      const tests = args.some((arg) =>
        /^-(?:i?name|i?path|i?regex|type|newer|mtime|mmin|size|empty|user|perm)/u.test(arg),
      )
      return args.includes('-delete') && !tests && whole(start, workspace)
    }
    return false
  })
}

/** Refuses changes outside of the workspace and to files that programs on the host act upon. */
export function builtinPaths(paths: readonly string[]): BuiltinFinding | null {
  for (const path of paths) {
    const found = isProtected(path)
    if (found !== null)
      return { id: 'protected-file', effect: found.decision, reason: `${path}: ${found.reason}.` }
  }
  return null
}
