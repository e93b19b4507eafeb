import type { Redactor, Sandbox } from '@cairn/guard'
import type { Json } from '@cairn/journal'
import type { Recorder } from '../recorder.ts'
import type { Hook, HookEvent } from './hook.ts'
import { hookCalls, withHookInput } from './hook-tools.ts'
import { readAnswer, type HookAnswer } from './hook-answer.ts'
import { scriptHash } from './load-hooks.ts'
import { runCommand } from './run-command.ts'

/** What the hooks of one moment said together: the strictest word counts. */
interface HookVerdict {
  outcome: 'ok' | 'ask' | 'blocked' | 'stopped'
  /** Of what decided. */
  reason: string
  /** Texts for the model. */
  context: string[]
  /** The last one that a hook asked for. */
  input: { [key: string]: Json } | null
}

/** What hooks make of a call before it is decided on. */
interface BeforeCall {
  /** Why it does not run; null: it may, if the policy lets it. */
  refusal: string | null
  /** A person has to be asked, for this reason. */
  ask: string | null
  /** Ends the turn, for this reason. */
  stop: string | null
  /** Other arguments than those of the model. */
  args: { [key: string]: Json } | null
  context: string[]
}

/** What hooks say to a call that has run. */
interface AfterCall {
  /** Whether any hook ran, which may have changed files. */
  ran: boolean
  context: string[]
  stop: string | null
}

interface CallIn {
  id: string
  tool: string
  args: Json
}

/** The hooks of a session. */
export interface Hooks {
  /** Runs the hooks of a moment that is about no call. `matched` is what matchers are held against. */
  run(
    event: Exclude<HookEvent, 'PreToolUse' | 'PostToolUse' | 'PostToolUseFailure'>,
    fields: { [key: string]: Json },
    options?: { matched?: string; signal?: AbortSignal },
  ): Promise<HookVerdict>
  before(call: CallIn, signal: AbortSignal): Promise<BeforeCall>
  after(
    call: CallIn,
    result: { ok: boolean; output: string; exit: number | null },
    signal: AbortSignal,
  ): Promise<AfterCall>
}

const STRICTNESS = ['ok', 'ask', 'blocked', 'stopped'] as const

const QUIET: HookVerdict = { outcome: 'ok', reason: '', context: [], input: null }

const matches = (hook: Hook, names: readonly string[]): boolean =>
  hook.matcher === null || names.some((name) => hook.matcher?.test(name) === true)

/**
 * Runs hooks side by side inside the sandbox, each with the moment as JSON on its standard input, and journals what each
 * said. A hook can only narrow: refuse, demand a question, add words. A hook whose program in the repository changed since
 * the session began is not run; where it guards calls, a person is asked instead.
 */
export function createHooks(deps: {
  hooks: readonly Hook[]
  sessionId: string
  repository: string
  sandbox: Pick<Sandbox, 'launch' | 'workspace'>
  /** Resolves when commands may run in the sandbox. */
  ready: () => Promise<void>
  /** Awaited before hooks run that may change files. */
  beforeEffect: () => Promise<void>
  redactor: Pick<Redactor, 'redact'>
  record: Recorder['record']
  /** When a record may be written. Default: at once. */
  later?: (write: () => void) => void
  now: () => number
}): Hooks {
  const { hooks, sandbox, redactor, now } = deps
  const root = sandbox.workspace
  const env = { CLAUDE_PROJECT_DIR: deps.repository, CAIRN_PROJECT_DIR: deps.repository }

  async function one(
    hook: Hook,
    fields: { [key: string]: Json },
    signal: AbortSignal,
    call: string | undefined,
  ): Promise<HookAnswer> {
    const started = now()
    const changed = [...hook.scripts].find(([path, sha256]) => scriptHash(deps.repository, path) !== sha256)
    let answer: HookAnswer
    if (changed !== undefined) {
      const reason = `The hook ${JSON.stringify(hook.command)} was not run, because its program ${changed[0]} changed since the session began.`
      const outcome = hook.event === 'PreToolUse' ? 'ask' : 'failed'
      answer = { outcome, reason, context: '', message: '', input: null }
    } else {
      const input = JSON.stringify({
        session_id: deps.sessionId,
        transcript_path: '',
        cwd: root,
        permission_mode: 'default',
        hook_event_name: hook.event,
        ...fields,
      })
      answer = await deps
        .ready()
        .then(() => sandbox.launch({ argv: ['bash', '-c', hook.command], cwd: root, env }))
        .then((launch) =>
          runCommand(launch, redactor.redact(input).text, { timeoutMs: hook.timeoutMs, signal }),
        )
        .catch((error: unknown) => ({
          exit: null,
          out: '',
          err: error instanceof Error ? error.message : String(error),
          cause: 'failed' as const,
        }))
        .then((end) => readAnswer(hook.event, end))
    }
    const clean = (text: string) => redactor.redact(text).text
    const told = {
      ...answer,
      reason: clean(answer.reason),
      context: clean(answer.context),
      message: clean(answer.message),
    }
    const write = () =>
      deps.record('hook.ran', {
        event: hook.event,
        command: hook.command,
        file: hook.file,
        outcome: told.outcome,
        ms: now() - started,
        ...(call === undefined ? {} : { call }),
        ...(told.reason === '' ? {} : { reason: told.reason }),
        ...(told.context === '' ? {} : { context: told.context }),
        ...(told.message === '' ? {} : { message: told.message }),
        ...(told.input === null ? {} : { input: told.input }),
      })
    if (deps.later === undefined) write()
    else deps.later(write)
    return told
  }

  async function all(
    event: HookEvent,
    names: readonly string[],
    fields: { [key: string]: Json },
    signal: AbortSignal,
    call?: string,
  ): Promise<HookVerdict> {
    const found = hooks.filter((hook) => hook.event === event && matches(hook, names))
    const distinct = [...new Map(found.map((hook) => [hook.command, hook])).values()]
    if (distinct.length === 0) return QUIET
    if (event !== 'SessionEnd' && event !== 'Notification') await deps.beforeEffect()
    const answers = await Promise.all(distinct.map((hook) => one(hook, fields, signal, call)))
    let verdict: HookVerdict = { ...QUIET, context: [] }
    for (const { outcome, reason, context, input } of answers) {
      const counted = outcome === 'failed' ? 'ok' : outcome
      const decides = STRICTNESS.indexOf(counted) > STRICTNESS.indexOf(verdict.outcome)
      verdict = {
        ...(decides ? { outcome: counted, reason } : verdict),
        context: context === '' ? verdict.context : [...verdict.context, context],
        input: input ?? verdict.input,
      }
    }
    return verdict
  }

  return {
    run: (event, fields, { matched, signal } = {}) =>
      all(event, matched === undefined ? [''] : [matched], fields, signal ?? new AbortController().signal),
    async before({ id, tool, args }, signal) {
      const seen: BeforeCall = { refusal: null, ask: null, stop: null, args: null, context: [] }
      for (const { names, input } of hookCalls(root, tool, args)) {
        const fields = { tool_name: names[0], tool_input: input, tool_use_id: id }
        const { outcome, reason, context, input: wanted } = await all('PreToolUse', names, fields, signal, id)
        seen.context.push(...context)
        if (outcome === 'blocked' || outcome === 'stopped')
          seen.refusal ??= `Refused by a hook: ${reason || 'it gave no reason'}. Nothing was executed.`
        if (outcome === 'stopped') seen.stop ??= reason
        if (outcome === 'ask') seen.ask ??= reason || 'A hook wants a person to look at this call.'
        if (wanted === null) continue
        seen.args = withHookInput(root, tool, args, wanted)
        if (seen.args === null)
          seen.refusal ??= `Refused: a hook wants other arguments for this call, and those of ${tool} cannot be changed by a hook. Nothing was executed.`
      }
      return seen
    },
    async after({ id, tool, args }, { ok, output, exit }, signal) {
      const seen: AfterCall = { ran: false, context: [], stop: null }
      const event = ok && (exit ?? 0) === 0 ? 'PostToolUse' : 'PostToolUseFailure'
      for (const { names, input } of hookCalls(root, tool, args)) {
        const file = input['file_path']
        const fields = {
          tool_name: names[0],
          tool_input: input,
          tool_use_id: id,
          ...(event === 'PostToolUse'
            ? {
                tool_response: {
                  success: true,
                  output,
                  ...(names[0] === 'Bash' ? { stdout: output, stderr: '', interrupted: false } : {}),
                  ...(file === undefined ? {} : { filePath: file }),
                },
              }
            : { error: output }),
        }
        seen.ran ||= hooks.some((hook) => hook.event === event && matches(hook, names))
        const { outcome, reason, context } = await all(event, names, fields, signal, id)
        seen.context.push(...context)
        if (outcome === 'blocked' || outcome === 'stopped') seen.context.push(reason)
        if (outcome === 'stopped') seen.stop ??= reason
      }
      return seen
    },
  }
}
