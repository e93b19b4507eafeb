import type { Invocation } from './command.ts'

type Loaded = { run(invocation: Invocation): Promise<number> }

/** What a command does, loaded when it is called: `--help` of a command loads none of it. */
export const LOADERS: Readonly<Record<string, () => Promise<Loaded>>> = {
  tui: () => import('./commands/tui.ts'),
  run: () => import('./commands/run.ts'),
  resume: () => import('./commands/resume.ts'),
  campaign: () => import('./commands/campaign.ts'),
  fleet: () => import('./commands/fleet.ts'),
  sessions: () => import('./commands/sessions.ts'),
  trace: () => import('./commands/trace.ts'),
  undo: () => import('./commands/undo.ts'),
  redo: () => import('./commands/redo.ts'),
  fork: () => import('./commands/fork.ts'),
  show: () => import('./commands/show.ts'),
  context: () => import('./commands/context.ts'),
  import: () => import('./commands/import.ts'),
  export: () => import('./commands/export.ts'),
  log: () => import('./commands/log.ts'),
  incident: () => import('./commands/incident.ts'),
  approvals: () => import('./commands/approvals.ts'),
  approve: () => import('./commands/approve.ts'),
  trust: () => import('./commands/trust.ts'),
  mcp: () => import('./commands/mcp.ts'),
  skills: () => import('./commands/skills.ts'),
  stop: () => import('./commands/stop.ts'),
  policy: () => import('./commands/policy.ts'),
  audit: () => import('./commands/audit.ts'),
  review: () => import('./commands/review.ts'),
  commit: () => import('./commands/commit.ts'),
  attest: () => import('./commands/attest.ts'),
  verify: () => import('./commands/verify.ts'),
  doctor: () => import('./commands/doctor.ts'),
  models: () => import('./commands/models.ts'),
  demo: () => import('./commands/demo.ts'),
  completion: () => import('./commands/completion.ts'),
}
