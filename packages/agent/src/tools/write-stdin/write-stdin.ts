import type { Terminal } from '@cairn/terminal'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'
import { describeProcess } from '../exec/describe-process.ts'
import { compilePattern } from '../exec/exec.ts'

const schema = z.strictObject({
  process: z.string().describe('Id given by exec.'),
  text: z.string().optional(),
  yield_ms: z
    .number()
    .int()
    .min(0)
    .max(600_000)
    .optional()
    .describe('Default 5000 after text, 60000 for a wait.'),
  until: z.string().optional(),
  kill: z.boolean().optional().describe('End the process instead.'),
})

export function writeStdinTool(terminal: Terminal): Tool {
  return defineTool({
    name: 'write_stdin',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'exec',
    schema,
    async run(args, call) {
      const known = terminal.list()
      if (!known.some((process) => process.id === args.process)) {
        const running = known
          .filter((process) => process.running)
          .map((process) => `${process.id} (${process.command})`)
        return {
          ok: false,
          output: `There is no process ${args.process}. Running: ${running.join(', ') || 'none'}.`,
        }
      }
      if (args.kill === true) {
        await terminal.kill(args.process)
        return { ok: true, output: `Process ${args.process} was ended.` }
      }
      const until = compilePattern(args.until)
      if (!until.ok) return { ok: false, output: until.message }
      const text = args.text ?? ''
      const options = {
        yieldMs: args.yield_ms ?? (text === '' ? 60_000 : 5_000),
        signal: call.signal,
        ...(until.value === undefined ? {} : { until: until.value }),
      }
      const outcome =
        text === ''
          ? await terminal.wait(args.process, options)
          : await terminal.write(args.process, text, options)
      return describeProcess(outcome)
    },
  })
}
