import type { CheckResult } from '@cairn/journal'
import type { Terminal } from '@cairn/terminal'
import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool, type ToolOutcome } from '../../tool.ts'
import { describeProcess } from './describe-process.ts'

const schema = z.strictObject({
  command: z.string().min(1),
  cwd: z.string().optional().describe('Folder, relative to the workspace.'),
  yield_ms: z.number().int().min(0).max(600_000).optional().describe('Default 30000.'),
  timeout_ms: z.number().int().min(1).max(3_600_000).optional().describe('Default 600000.'),
  until: z.string().optional().describe('Return as soon as the output matches this regular expression.'),
  tty: z.boolean().optional().describe('Run in a terminal.'),
  stdin: z.boolean().optional().describe('Keep stdin open for write_stdin.'),
})

/** A run of the session's own check through `exec` counts as evidence; this recognises and parses it. */
export interface CheckWatch {
  matches(command: string): boolean
  observe(run: () => Promise<ToolOutcome>): Promise<{ outcome: ToolOutcome; check: CheckResult | null }>
}

/** Compiles a pattern given by the model, or says why it cannot. */
export function compilePattern(
  source: string | undefined,
): { ok: true; value: RegExp | undefined } | { ok: false; message: string } {
  if (source === undefined) return { ok: true, value: undefined }
  if (source.length > 500)
    return { ok: false, message: '`until` is longer than 500 characters; nothing was executed.' }
  try {
    return { ok: true, value: new RegExp(source) }
  } catch (error) {
    return {
      ok: false,
      message: `\`until\` is not a valid regular expression (${error instanceof Error ? error.message : String(error)}); nothing was executed.`,
    }
  }
}

export function execTool(terminal: Terminal, root: string, watch: CheckWatch | null): Tool {
  return defineTool({
    name: 'exec',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'exec',
    schema,
    async run(args, call) {
      const until = compilePattern(args.until)
      if (!until.ok) return { ok: false, output: until.message }
      const cwd = args.cwd === undefined ? root : isAbsolute(args.cwd) ? args.cwd : resolve(root, args.cwd)
      const start = async (): Promise<ToolOutcome> => {
        const outcome = await terminal.exec({
          command: args.command,
          cwd,
          yieldMs: args.yield_ms ?? 30_000,
          signal: call.signal,
          ...(args.timeout_ms === undefined ? {} : { timeoutMs: args.timeout_ms }),
          ...(args.tty === true ? { pty: { rows: 40, cols: 120 } } : {}),
          ...(args.stdin === true ? { stdin: true } : {}),
          ...(until.value === undefined ? {} : { until: until.value }),
        })
        const described = describeProcess(outcome)
        const left = outcome.running ? terminal.list().find(({ id }) => id === outcome.id) : undefined
        if (left === undefined) return described
        const body = { id: left.id, command: args.command, pid: left.pid }
        return { ...described, events: [{ kind: 'process.started', body }] }
      }
      if (watch === null || cwd !== root || !watch.matches(args.command)) return start()
      const { outcome, check } = await watch.observe(start)
      return check === null ? outcome : { ...outcome, check }
    },
  })
}
