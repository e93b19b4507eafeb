/** A change of the product's text that switches one defence off. It is made while the module is loaded, never on disk. */
export interface Edit {
  /** Relative to `packages/`. */
  file: string
  find: string
  replace: string
}

export interface Defence {
  id: string
  what: string
  edits: readonly Edit[]
}

const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace })

/** The probe refuses commands where the boundary does not hold; with it on, no hole in the sandbox could be shown. */
const probe = edit(
  'agent/src/boundary.ts',
  `if (report !== null && report.level !== 'none') return`,
  `if (report !== null) return`,
)
const VIEW = 'guard/src/sandbox/file-view.ts'
const BWRAP = 'guard/src/sandbox/bubblewrap.ts'
const shownHome = edit(
  VIEW,
  `const visible = masked.filter((path) => !isInside(workspace, path))`,
  `const visible: string[] = []`,
)

/** The namespaces that the commands of a session share: without them each command is on its own again. */
const alone = edit(
  'guard/src/sandbox/create-sandbox.ts',
  `if (session === null) return { enter: [], inNetwork: false }`,
  `if (session === null || session !== null) return { enter: [], inNetwork: false }`,
)

/** Everything that the suite can take away, to show that a case fails without it. */
export const defences: readonly Defence[] = [
  {
    id: 'pinned-git',
    what: 'what git acts upon in .git is read-only in the sandbox',
    edits: [
      edit(
        'guard/src/sandbox/protections.ts',
        `for (const { path, maskAbsent } of gitNames) pin(path, maskAbsent)`,
        ``,
      ),
      edit('guard/src/sandbox/protections.ts', `    pinCommonDir()\n  } else`, `  } else`),
      probe,
    ],
  },
  {
    id: 'pinned-git-folder',
    what: 'the .git folder itself cannot be renamed away',
    edits: [
      edit(
        'guard/src/sandbox/protections.ts',
        `mounts.push({ kind: 'bind', from: join(source, '.git'), to: join(workspace, '.git'), write: true })`,
        ``,
      ),
      edit(
        'guard/src/sandbox/protections.ts',
        `for (const { path, maskAbsent } of gitNames) pin(path, maskAbsent)`,
        ``,
      ),
      edit('guard/src/sandbox/protections.ts', `    pinCommonDir()\n  } else`, `  } else`),
      probe,
    ],
  },
  {
    id: 'pinned-names',
    what: 'settings of agents, editors and package managers are read-only or occupied in the sandbox',
    edits: [
      edit('guard/src/sandbox/protections.ts', `of workspaceNames) {`, `of workspaceNames.slice(0, 0)) {`),
    ],
  },
  {
    id: 'protected-files',
    what: 'file tools refuse protected names in every spelling',
    edits: [
      edit(
        'guard/src/protect/is-protected.ts',
        `): Protection | null => {`,
        `): Protection | null => {\n  if (relativePath.length > 0) return null`,
      ),
      edit(
        'workspace/src/paths/writable.ts',
        `function ownFolder(rel: string): string | null {`,
        `function ownFolder(rel: string): string | null {\n  if (rel.length > 0) return null`,
      ),
    ],
  },
  {
    id: 'safe-git',
    what: "the harness's git ignores what a repository names as programs",
    edits: [
      edit(
        'guard/src/git/unsafe-config.ts',
        `): string | null => {`,
        `): string | null => {\n  if (entries.length >= 0) return null`,
      ),
      edit(
        'guard/src/git/safe-git.ts',
        `const settings = overrides.flatMap((pair) => ['-c', pair])`,
        `const settings = overrides.slice(0, 0)`,
      ),
    ],
  },
  {
    id: 'project-narrows',
    what: 'the policy of a project can only narrow',
    edits: [
      edit(
        'guard/src/policy/parse-policy.ts',
        `if (name === 'project' && found.effect === 'allow')`,
        `if (name === 'builtin' && found.effect === 'allow')`,
      ),
      edit(
        'guard/src/policy/create-policy.ts',
        `!ONLY_NARROWS.has(layer.name) && finding !== null)`,
        `finding !== null)`,
      ),
    ],
  },
  {
    id: 'policy',
    what: 'every action is decided on before it starts',
    edits: [
      edit(
        'guard/src/policy/create-policy.ts',
        `const { decision, found } = weigh(one)`,
        `const { decision: weighed, found } = weigh(one)\n      const decision: Decision = { ...weighed, decision: 'allow' }`,
      ),
    ],
  },
  {
    id: 'disguise',
    what: 'a line with characters that hide what it is is refused',
    edits: [
      edit(
        'guard/src/policy/builtin-layer.ts',
        `if (analysis.disguised) {`,
        `if (analysis.disguised && analysis.commands.length < 0) {`,
      ),
    ],
  },
  {
    id: 'read-only-host',
    what: 'nothing outside of the workspace can be written',
    edits: [
      shownHome,
      edit(
        BWRAP,
        `args.push('--ro-bind', '/', '/', '--dev', '/dev')`,
        `args.push('--bind', '/', '/', '--dev', '/dev')`,
      ),
      probe,
    ],
  },
  {
    id: 'hidden-home',
    what: 'commands see an empty home',
    edits: [
      shownHome,
      // Files of that kind are also known by what is in them.
      edit(
        'guard/src/secrets/redactor.ts',
        `Buffer.from(marker(name(bytes, span)))`,
        `Buffer.from(bytes.subarray(span.start, span.end))`,
      ),
      edit(
        'guard/src/secrets/redactor.ts',
        `if (spans.length === 0) return { text, found: [] }`,
        `if (spans.length >= 0) return { text, found: [] }`,
      ),
      probe,
    ],
  },
  {
    id: 'seccomp',
    what: 'system calls that reach the kernel or the host are filtered',
    edits: [
      edit(BWRAP, `...(filter === null ? [] : ['--seccomp', String(seccompFd)]),`, ``),
      edit(BWRAP, `if (features.disableUserns) args.push('--disable-userns')`, ``),
      probe,
    ],
  },
  {
    id: 'capabilities',
    what: 'commands have no capabilities',
    edits: [
      edit(
        BWRAP,
        `'--die-with-parent', '--cap-drop', 'ALL', '--clearenv'`,
        `'--die-with-parent', '--cap-add', 'ALL', '--clearenv'`,
      ),
      probe,
    ],
  },
  {
    id: 'process-namespace',
    what: 'commands see only their own processes',
    edits: [
      edit(
        BWRAP,
        `: ['--unshare-all', '--unshare-user']`,
        `: ['--unshare-user', '--unshare-net', '--unshare-ipc']`,
      ),
      alone,
      probe,
    ],
  },
  {
    id: 'network-namespace',
    what: 'commands have no network',
    edits: [
      edit(
        BWRAP,
        `: ['--unshare-all', '--unshare-user']`,
        `: ['--unshare-user', '--unshare-pid', '--unshare-ipc']`,
      ),
      alone,
      probe,
    ],
  },
  {
    id: 'environment',
    what: 'commands get an allow-list of the environment, and what they print of secrets is taken out',
    edits: [
      edit(
        'guard/src/sandbox/sandbox-environment.ts',
        `if (value !== undefined && allowed.test(name)) result[name] = value`,
        `if (value !== undefined) result[name] = value`,
      ),
      edit(
        'guard/src/secrets/redactor.ts',
        `if (spans.length === 0) return { text, found: [] }`,
        `if (spans.length >= 0) return { text, found: [] }`,
      ),
      edit(
        'guard/src/secrets/redactor.ts',
        `Buffer.from(marker(name(bytes, span)))`,
        `Buffer.from(bytes.subarray(span.start, span.end))`,
      ),
      probe,
    ],
  },
  {
    id: 'redaction',
    what: 'secrets are taken out of what tools give back',
    edits: [
      edit(
        'guard/src/secrets/redactor.ts',
        `if (spans.length === 0) return { text, found: [] }`,
        `if (spans.length >= 0) return { text, found: [] }`,
      ),
      edit(
        'guard/src/secrets/redactor.ts',
        `Buffer.from(marker(name(bytes, span)))`,
        `Buffer.from(bytes.subarray(span.start, span.end))`,
      ),
    ],
  },
  {
    id: 'session-redaction',
    what: 'registered secrets are taken out of every event, whoever said it',
    edits: [
      edit('agent/src/session-secrets.ts', `if (!found) return event`, `if (!found || found) return event`),
    ],
  },
  {
    id: 'contained-paths',
    what: 'file tools stay in the workspace, by real path',
    edits: [
      edit(
        'workspace/src/paths/locate.ts',
        `return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)`,
        `return path.length + root.length + sep.length > 0`,
      ),
      edit(
        'guard/src/secrets/redactor.ts',
        `if (spans.length === 0) return { text, found: [] }`,
        `if (spans.length >= 0) return { text, found: [] }`,
      ),
    ],
  },
  {
    id: 'strict-arguments',
    what: 'a call with an argument that its tool does not have is refused',
    edits: [
      edit('agent/src/tools/exec/exec.ts', `const schema = z.strictObject({`, `const schema = z.object({`),
    ],
  },
  {
    id: 'real-paths',
    what: 'rules about paths see where a path really leads',
    edits: [
      edit(
        'agent/src/decide-call.ts',
        `[name, realPath(root, name)]`,
        `[name, name === root ? realPath(root, name) : name]`,
      ),
    ],
  },
  {
    id: 'typed-lines',
    what: 'what is typed in pieces is decided on as the line that it makes',
    edits: [
      edit(
        'agent/src/decide-call.ts',
        `(typed.get(field(args, 'process') ?? '') ?? '') + text`,
        `typed.size < 0 ? '' : text`,
      ),
    ],
  },
  {
    id: 'working-folder',
    what: 'commands start in the workspace',
    edits: [
      edit(
        'guard/src/sandbox/create-sandbox.ts',
        `if (real !== null && isInside(workspace, real) && !real.split('/').includes('..')) return real`,
        `if (real !== null && isInside('/', real)) return real`,
      ),
    ],
  },
  {
    id: 'policy-owner',
    what: 'a policy that others may write stops everything',
    edits: [
      edit('guard/src/policy/load-policy.ts', `if ((found.mode & 0o022) !== 0)`, `if (found.mode < 0)`),
    ],
  },
  {
    id: 'contained-paths-and-protection',
    what: 'file tools stay in the workspace, whatever the path looks like',
    edits: [
      edit(
        'workspace/src/paths/locate.ts',
        `return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)`,
        `return path.length + root.length + sep.length > 0`,
      ),
      edit(
        'guard/src/protect/is-protected.ts',
        `): Protection | null => {`,
        `): Protection | null => {\n  if (relativePath.length > 0) return null`,
      ),
    ],
  },
  {
    id: 'gate',
    what: 'done needs a green check on the tree as it is',
    edits: [
      edit(
        'agent/src/gate.ts',
        `  if (facts.check === null) return { accepted: true, evidence: [] }\n`,
        `  if (facts.check !== undefined) return { accepted: true, evidence: [] }\n`,
      ),
      edit('agent/src/completion-gate.ts', `    if (claim === null) return []\n`, `    return []\n`),
    ],
  },
  {
    id: 'evidence-of-this-tree',
    what: 'a green check counts for the tree that it ran on only',
    edits: [
      edit(
        'agent/src/completion-gate.ts',
        `state.latestCheck.result.treeAfter !== tree`,
        `state.latestCheck.result.treeAfter === ''`,
      ),
      edit('agent/src/gate.ts', `if (result.treeAfter !== facts.tree)`, `if (result.treeAfter === '')`),
    ],
  },
  {
    id: 'verification',
    what: 'changes of the record are found',
    edits: [
      edit(
        'journal/src/verify-log.ts',
        `export async function verifyLog(`,
        `export async function verifyLog(...all: unknown[]): Promise<VerifyResult> {\n  return { ok: all.length > 0, size: 0, root: null, signed: 0, unsigned: 0, problems: [] }\n}\nexport async function strictVerifyLog(`,
      ),
    ],
  },
  {
    id: 'hidden-data',
    what: "commands do not see cairn's own data",
    edits: [shownHome, edit(VIEW, `    mounts.push({ kind: 'blank', path: data })`, ``), probe],
  },
  {
    id: 'display',
    what: 'hidden characters are made visible before they reach a terminal',
    edits: [
      edit(
        'guard/src/display/escape-for-display.ts',
        `  return text.replace(`,
        `  return text || text.replace(`,
      ),
    ],
  },
  {
    id: 'trust-by-hash',
    what: 'instructions of a repository are trusted only as the bytes that a person looked at',
    edits: [
      edit(
        'agent/src/record-start.ts',
        `trust.isTrusted('instructions', file.path, Buffer.from(file.text)) ? { ...file, trusted: true } : file,`,
        `({ ...file, trusted: true }),`,
      ),
    ],
  },
  {
    id: 'instruction-links',
    what: 'files of instructions are not followed over links',
    edits: [edit('agent/src/instructions.ts', `constants.O_NOFOLLOW |`, ``)],
  },
]

/** The defence of that name; throws where there is none. */
export function defenceOf(id: string): Defence {
  const found = defences.find((defence) => defence.id === id)
  if (found === undefined) throw new Error(`there is no defence ${id}`)
  return found
}
