/** One name that programs on the host act upon without being asked. */
export interface ProtectedName {
  /** Relative to the workspace, with `/`. */
  path: string
  /** What a file tool may do: nothing, or write after a human said yes. A sandboxed command can never write it. */
  decision: 'deny' | 'ask'
  reason: string
  /**
   * Whether the sandbox occupies the name while it does not exist. Only names that some program runs without a further
   * question are worth it: the rest gains nothing over package.json scripts, which have to stay writable, and an
   * occupied name is visible to the command (`ls -a`).
   */
  maskAbsent: boolean
}

const settings = 'settings of a coding agent: they start programs'
const editor = 'editor settings: they start tasks when the folder is opened'
const shell = 'read by every shell that starts in this folder as home'
const login = 'started when the user logs in'
const packages = 'configuration of a package manager: it names code to run'
const pipeline = 'runs in continuous integration with its secrets'
const instructions = 'instructions to coding agents'

const deny = (path: string, reason: string, maskAbsent: boolean): ProtectedName => ({
  path,
  decision: 'deny',
  reason,
  maskAbsent,
})
const ask = (path: string, reason: string, maskAbsent = false): ProtectedName => ({
  path,
  decision: 'ask',
  reason,
  maskAbsent,
})

/** Names inside `.git` that decide which programs git starts, or where it looks for such names. */
export const gitNames: readonly ProtectedName[] = [
  deny('.git/hooks', 'git runs hooks', true),
  deny('.git/config', 'git configuration names programs', false),
  deny('.git/config.worktree', 'git configuration names programs', false),
  deny('.git/info', 'attributes choose filters', true),
  deny('.git/modules', 'configuration and hooks of submodules', true),
  deny('.git/worktrees', 'configuration of worktrees', true),
]

/** Every protected name of a workspace apart from the inside of `.git`. */
export const workspaceNames: readonly ProtectedName[] = [
  deny('.cairn', 'own settings', true),
  deny('.claude', settings, true),
  deny('.codex', settings, true),
  deny('.cursor', settings, true),
  deny('.gemini', settings, true),
  deny('.mcp.json', 'starts MCP servers', true),
  deny('.husky', 'git hooks', true),
  deny('.envrc', 'run by direnv', false),
  deny('.bashrc', shell, false),
  deny('.bash_profile', shell, false),
  deny('.bash_login', shell, false),
  deny('.bash_logout', shell, false),
  deny('.profile', shell, false),
  deny('.zshenv', shell, false),
  deny('.zshrc', shell, false),
  deny('.zprofile', shell, false),
  deny('.zlogin', shell, false),
  deny('.ssh', 'keys, and who may log in', false),
  deny('.config/systemd', login, false),
  deny('.config/autostart', login, false),
  deny('Library/LaunchAgents', login, false),
  ask('.vscode', editor, true),
  ask('.idea', editor, true),
  ask('.devcontainer', 'describes a container with commands to run', true),
  ask('.github/workflows', pipeline, true),
  ask('.gitlab-ci.yml', pipeline),
  ask('azure-pipelines.yml', pipeline),
  ask('Jenkinsfile', pipeline),
  ask('.circleci/config.yml', pipeline),
  ask('bitbucket-pipelines.yml', pipeline),
  ask('.drone.yml', pipeline),
  ask('.gitmodules', 'names repositories to fetch'),
  ask('.gitattributes', 'attributes choose filters'),
  ask('.npmrc', packages),
  ask('.yarnrc', packages),
  ask('.yarnrc.yml', packages),
  ask('.pnpmfile.cjs', packages),
  ask('AGENTS.md', instructions),
  ask('CLAUDE.md', instructions),
  ask('GEMINI.md', instructions),
]
