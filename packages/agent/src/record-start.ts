import type { ContextConfig } from '@cairn/context'
import { openTrust, trustFile } from '@cairn/guard'
import type { Store } from '@cairn/journal'
import { realpathSync } from 'node:fs'
import { loadInstructions } from './instructions.ts'
import { projectNames } from './project-names.ts'
import type { Recorder } from './recorder.ts'
import type { SessionOptions } from './session.ts'
import { recordNested } from './sub-agent/nested-session.ts'
import type { SessionState } from './session-state.ts'

/** What the first events of a session say. */
export type StartOptions = Pick<
  SessionOptions,
  'version' | 'cwd' | 'repositoryRoot' | 'title' | 'check' | 'dataDir' | 'nested' | 'worktree'
> & { model: { info: { provider: string; id: string } } }

/** Writes the first events of a new session: what it is, and the instructions of the repository. */
export function recordStart(options: StartOptions, recorder: Pick<Recorder, 'record'>): void {
  recorder.record('session.started', {
    version: options.version,
    cwd: options.cwd,
    model: { provider: options.model.info.provider, id: options.model.info.id },
    title: options.title,
    check: options.check?.command ?? null,
    ...(options.worktree === undefined ? {} : { worktree: options.worktree }),
    ...(options.nested === undefined
      ? {}
      : { parent: { session: options.nested.inherited.session, seq: options.nested.inherited.seq } }),
  })
  recorder.record('session.environment', { facts: { project: projectNames(options.cwd) } })
  const trust = openTrust(trustFile(options.dataDir), realpathSync(options.repositoryRoot))
  const files = loadInstructions(options.repositoryRoot, options.cwd).map((file) =>
    trust.isTrusted('instructions', file.path, Buffer.from(file.text)) ? { ...file, trusted: true } : file,
  )
  if (files.length > 0) recorder.record('instructions.loaded', { files })
  if (options.nested !== undefined) recordNested(options.nested, recorder)
}

/** Keeps what the requests are projected from besides the journal, so that they can be rebuilt byte for byte later. */
export function recordConfig(
  config: ContextConfig,
  store: Store,
  state: SessionState,
  recorder: Pick<Recorder, 'record'>,
): void {
  const { sha256, bytes } = store.putBlob(Buffer.from(JSON.stringify(config)))
  if (state.configSha256 !== sha256)
    recorder.record('session.environment', { facts: { config: { sha256, bytes } } })
}
