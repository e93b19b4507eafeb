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
const shownHome = edit(VIEW, `const visible = masked.filter((path) => !isInside(workspace, path))`, `const visible: string[] = []`)

/** Everything that the suite can take away, to show that a case fails without it. */
export const defences: readonly Defence[] = [
  {
    id: 'pinned-git',
    what: 'what git acts upon in .git is read-only in the sandbox',
    edits: [
      edit('guard/src/sandbox/protections.ts', `for (const { path, maskAbsent } of gitNames) pin(path, maskAbsent)`, ``),
      edit('guard/src/sandbox/protections.ts', `    pinCommonDir()\n  } else`, `  } else`),
      probe,
    ],
  },
  {
    id: 'pinned-git-folder',
    what: 'the .git folder itself cannot be renamed away',
    edits: [
      edit('guard/src/sandbox/protections.ts', `mounts.push({ kind: 'bind', from: join(source, '.git'), to: join(workspace, '.git'), write: true })`, ``),
      edit('guard/src/sandbox/protections.ts', `for (const { path, maskAbsent } of gitNames) pin(path, maskAbsent)`, ``),
      edit('guard/src/sandbox/protections.ts', `    pinCommonDir()\n  } else`, `  } else`),
      probe,
    ],
  },
  {
    id: 'pinned-names',
    what: 'settings of agents, editors and package managers are read-only or occupied in the sandbox',
    edits: [edit('guard/src/sandbox/protections.ts', `of workspaceNames) {`, `of workspaceNames.slice(0, 0)) {`)],
  },
  {
    id: 'protected-files',
    what: 'file tools refuse protected names in every spelling',
    edits: [
      edit('guard/src/protect/is-protected.ts', `): Protection | null => {`, `): Protection | null => {\n  if (relativePath.length > 0) return null`),
      edit('workspace/src/paths/writable.ts', `function ownFolder(rel: string): string | null {`, `function ownFolder(rel: string): string | null {\n  if (rel.length > 0) return null`),
    ],
  },
  {
    id: 'safe-git',
    what: "the harness's git ignores what a repository names as programs",
    edits: [
      edit('guard/src/git/unsafe-config.ts', `): string | null => {`, `): string | null => {\n  if (entries.length >= 0) return null`),
      edit('guard/src/git/safe-git.ts', `const settings = overrides.flatMap((pair) => ['-c', pair])`, `const settings = overrides.slice(0, 0)`),
    ],
  },
  {
    id: 'project-narrows',
    what: 'the policy of a project can only narrow',
    edits: [
      edit('guard/src/policy/parse-policy.ts', `if (name === 'project' && found.effect === 'allow')`, `if (name === 'builtin' && found.effect === 'allow')`),
      edit('guard/src/policy/create-policy.ts', `layer.name !== 'project' && finding !== null)`, `finding !== null)`),
    ],
  },
  {
    id: 'policy',
    what: 'every action is decided on before it starts',
    edits: [
      edit('guard/src/policy/create-policy.ts', `decide: async (action) => weigh(await caseOf(action)).decision,`, `decide: async () => ({ decision: 'allow', rule: 'none', reason: '', policySha256: sha256 }),`),
    ],
  },
  {
    id: 'disguise',
    what: 'a line with characters that hide what it is is refused',
    edits: [edit('guard/src/policy/builtin-layer.ts', `if (analysis.disguised) {`, `if (analysis.disguised && analysis.commands.length < 0) {`)],
  },
]

/** The defence of that name; throws where there is none. */
export function defenceOf(id: string): Defence {
  const found = defences.find((defence) => defence.id === id)
  if (found === undefined) throw new Error(`there is no defence ${id}`)
  return found
}
