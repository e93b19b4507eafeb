import { escapeForDisplay } from '@cairn/guard'
import type { Event } from '@cairn/journal'
import { count, duration, money, oneLine, tokens } from './format.ts'
import { describeCall } from './describe-call.ts'
import type { LiveLine } from './live-line.ts'
import type { Paint } from './paint.ts'

export interface HumanPrinter {
  event(event: Event): void
  /** What is streaming by just now; shown only in the live line. */
  progress(text: string): void
}

/** Says what happens, one calm line a thing. Text of models and tools is escaped before it reaches the terminal. */
export function createHumanPrinter(deps: {
  write: (text: string) => void
  paint: Paint
  live: LiveLine
  columns: number
  verbose: boolean
  now: () => number
  contextShare: () => number | null
}): HumanPrinter {
  const { paint, live, columns } = deps
  const calls = new Map<string, string>()
  let startedAt = deps.now()
  let steps = 0
  let input = 0
  let cached = 0
  let output = 0
  let cost: number | null = null

  const line = (text: string) => {
    live.clear()
    deps.write(`${text}\n`)
  }
  const safe = (text: string, width = columns - 4) => escapeForDisplay(oneLine(text, width))
  const totals = () => {
    const share = deps.contextShare()
    const parts = [
      count(steps, 'step'),
      duration(deps.now() - startedAt),
      `${tokens(input)} in (${input === 0 ? 0 : Math.round((100 * cached) / input)} % cached), ${tokens(output)} out`,
    ]
    if (cost !== null) parts.push(money(cost))
    if (share !== null) parts.push(`context ${Math.round(share * 100)} %`)
    return parts.join(' · ')
  }
  const block = (text: string) =>
    escapeForDisplay(text)
      .split('\n')
      .slice(0, 40)
      .map((row) => paint.dim(`    ${row}`))
      .join('\n')

  const printers: {
    [K in Event['kind']]?: (body: Extract<Event, { kind: K }>['body'], event: Event) => void
  } = {
    'session.started': (body, event) => {
      startedAt = event.time
      line(
        `${paint.bold('cairn')} ${paint.dim(`${body.model.provider}/${body.model.id} · ${body.cwd}${body.check === null ? '' : ` · check: ${body.check}`}`)}`,
      )
    },
    'session.environment': (body) => {
      const sandbox = body.facts['sandbox']
      if (typeof sandbox !== 'object' || sandbox === null || Array.isArray(sandbox)) return
      const text = `sandbox: ${String(sandbox['backend'])} (${String(sandbox['level'])})`
      line(sandbox['level'] === 'full' ? paint.dim(text) : paint.yellow(`${text}; see \`cairn doctor\``))
    },
    'instructions.loaded': (body) =>
      line(paint.dim(`instructions: ${body.files.map((file) => file.path).join(', ')}`)),
    'session.resumed': (body) =>
      line(paint.yellow(`resumed; ${count(body.interrupted.length, 'call')} had been interrupted`)),
    'user.message': (body) => line(`${paint.cyan('›')} ${safe(body.text)}`),
    'harness.message': (body) => line(`${paint.yellow('!')} ${safe(body.text)}`),
    'model.retried': (body) =>
      line(
        `${paint.yellow('↻')} ${safe(body.message)}; trying again${body.waitMs > 0 ? ` in ${duration(body.waitMs)}` : ''}`,
      ),
    'model.failed': (body) => line(`${paint.red('✗')} ${safe(body.message)}`),
    'model.answered': (body) => {
      steps += 1
      input += body.usage.input
      cached += body.usage.cachedInput
      output += body.usage.output
      if (body.costUsd !== null) cost = (cost ?? 0) + body.costUsd
      for (const part of body.parts) {
        if (part.type === 'text' && part.text.trim() !== '')
          line(`${paint.bold('●')} ${safe(part.text, deps.verbose ? 2_000 : columns * 3)}`)
        if (part.type === 'call') calls.set(part.id, describeCall(part.args, columns - 24))
      }
    },
    'tool.done': (body) => {
      if (body.tool === 'finish') return
      const mark = body.ok ? paint.green('✓') : paint.red('✗')
      const exit =
        body.exit === undefined || body.exit === null || body.exit === 0 ? '' : ` exit ${body.exit}`
      const time = body.ms >= 500 ? paint.dim(` ${duration(body.ms)}`) : ''
      line(`  ${mark} ${body.tool} ${escapeForDisplay(calls.get(body.call) ?? '')}${exit}${time}`)
      if (deps.verbose) deps.write(`${block(body.output)}\n`)
      else if (!body.ok && body.exit === undefined) deps.write(`${paint.dim(`    ${safe(body.output)}`)}\n`)
    },
    'check.finished': (body) => {
      const counts =
        body.passed === null
          ? `exit ${body.exit ?? 'none'}`
          : `${body.passed} passed, ${body.failed ?? 0} failed`
      line(
        `  ${body.ok ? paint.green('✓ check green') : paint.yellow('check red')} ${paint.dim(`${safe(body.command, 60)}: ${counts}`)}`,
      )
    },
    'plan.updated': (body) => {
      const active = body.items.find((item) => item.status === 'active')
      const done = body.items.filter((item) => item.status === 'done').length
      line(
        paint.dim(
          `  plan ${done}/${body.items.length}${active === undefined ? '' : `: ${safe(active.text, 60)}`}`,
        ),
      )
    },
    'epoch.started': (body) =>
      line(
        paint.dim(
          `  context rewritten (epoch ${body.epoch}: ${body.cause}); \`cairn context diff ${body.epoch}\` shows what left`,
        ),
      ),
    'gate.decided': (body) => {
      if (!body.accepted) line(`${paint.yellow('!')} not accepted: ${safe(body.reasons.join('; '))}`)
    },
    'session.finished': (body) => {
      const good = body.status === 'done' || body.status === 'answered'
      line(
        `${good ? paint.green(body.status === 'done' ? '✔ done' : '✔ answered (unverified: no check)') : paint.red(`✘ ${body.status}`)}`,
      )
      for (const item of body.openItems) line(`  ${paint.yellow('open:')} ${safe(item)}`)
      line(paint.dim(totals()))
    },
  }

  return {
    event(event) {
      // One printer a kind; the table cannot say that the body it is given has that kind.
      const print = printers[event.kind] as ((body: Event['body'], event: Event) => void) | undefined
      print?.(event.body, event)
      if (event.kind !== 'session.finished') live.set(paint.dim(`step ${event.step} · ${totals()}`))
    },
    progress(text) {
      live.set(paint.dim(`${totals()} · ${escapeForDisplay(oneLine(text, 60))}`))
    },
  }
}
