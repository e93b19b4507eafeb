import { escapeForDisplay } from '@cairn/guard'
import type { Event, EventKind } from '@cairn/journal'
import { describeCall } from './describe-call.ts'
import { displayWidth, wrapText } from './display-width.ts'
import { count, duration, oneLine } from './format.ts'
import type { LiveLine } from './live-line.ts'
import type { Paint } from './paint.ts'
import { createRunTotals } from './run-totals.ts'

export interface HumanPrinter {
  event(event: Event): void
  /** What the model does just now, in a word; shown only in the live line. */
  progress(text: string): void
}

/** Lines of a model's words that are shown without --verbose. */
const SAID_LINES = 6
const OUTPUT_LINES = 40
/** Tools whose effect has an own line, or is of no interest while it works. */
const QUIET = new Set(['finish', 'plan', 'note'])

/** Says what happens, one calm line a thing. Text of models and tools is escaped before it reaches the terminal. */
export function createHumanPrinter(deps: {
  write: (text: string) => void
  paint: Paint
  live: LiveLine
  columns: number
  verbose: boolean
  /** Where the end of the story is not printed by somebody else, as the answer of a run is. */
  tellsEnd: boolean
  now: () => number
  contextShare: () => number | null
}): HumanPrinter {
  const { paint, live, columns, verbose } = deps
  const totals = createRunTotals(deps)
  const calls = new Map<string, string>()
  /** What was said last, held back because it may be the answer that is printed at the end. */
  let said: string | null = null
  let doing = ''

  const line = (text: string) => {
    live.clear()
    deps.write(`${text}\n`)
  }
  /** One line with its mark, cut to the terminal. */
  const row = (mark: string, label: string, text: string, paintText = (plain: string) => plain) =>
    line(`${mark} ${label}${paintText(oneLine(escapeForDisplay(text), columns - 3 - displayWidth(label)))}`)
  const speak = (text: string) => {
    const rows = wrapText(escapeForDisplay(text.trim()), columns - 3).filter((each) => each.trim() !== '')
    const shown = verbose ? rows : rows.slice(0, SAID_LINES)
    if (shown.length < rows.length) shown.push('…')
    line(shown.map((each, n) => `${n === 0 ? paint.bold('●') : ' '} ${each}`).join('\n'))
  }
  const speakHeld = () => {
    if (said !== null) speak(said)
    said = null
  }
  const block = (text: string) => {
    const rows = escapeForDisplay(text).split('\n')
    const shown = rows.slice(0, OUTPUT_LINES)
    if (shown.length < rows.length) shown.push(`… ${count(rows.length - shown.length, 'more line')}`)
    return shown.map((each) => paint.dim(`    ${each}`)).join('\n')
  }

  const printers: { [K in EventKind]?: (body: Extract<Event, { kind: K }>['body'], event: Event) => void } = {
    'session.started': (body, event) => {
      totals.started(body.model, event.time)
      const check = body.check === null ? '' : ` · check: ${body.check}`
      const facts = escapeForDisplay(`${body.model.provider}/${body.model.id} · ${body.cwd}${check}`)
      line(`${paint.bold('cairn')} ${paint.dim(facts)}`)
    },
    'session.environment': (body) => {
      const server = body.facts['mcpServer']
      if (typeof server === 'object' && server !== null && !Array.isArray(server))
        line(paint.yellow(escapeForDisplay(String(server['problem']))))
      const sandbox = body.facts['sandbox']
      if (typeof sandbox !== 'object' || sandbox === null || Array.isArray(sandbox)) return
      const text = `sandbox: ${String(sandbox['backend'])} (${String(sandbox['level'])})`
      if (sandbox['level'] !== 'full') line(paint.yellow(`${text}; see \`cairn doctor\``))
      else if (verbose) line(paint.dim(text))
    },
    'instructions.loaded': (body) =>
      line(paint.dim(`instructions: ${escapeForDisplay(body.files.map((file) => file.path).join(', '))}`)),
    'conventions.loaded': (body) => {
      for (const { kind, name, path, why } of body.leftOut)
        line(paint.yellow(escapeForDisplay(`left out: ${kind} ${name} (${path}): ${why}`)))
    },
    'hook.ran': (body) => {
      const { outcome, command, reason = '', message } = body
      if (message !== undefined) row(paint.yellow('!'), '', message)
      if (outcome === 'failed') row(paint.yellow('!'), '', `the hook ${command} failed: ${reason}`)
      else if (outcome !== 'ok' && verbose) row(' ', '', `hook ${command}: ${outcome}: ${reason}`, paint.dim)
    },
    'session.resumed': (body) =>
      line(paint.yellow(`resumed; ${count(body.interrupted.length, 'call')} had been interrupted`)),
    'user.message': (body) => row(paint.cyan('›'), '', body.text),
    'harness.message': (body) => {
      // What the gate says is told by its decision.
      if (body.reason !== 'gate') row(paint.yellow('!'), '', body.text)
    },
    'model.requested': () => {
      doing = 'waiting for the model'
    },
    'model.retried': (body) => {
      const wait = body.waitMs > 0 ? ` in ${duration(body.waitMs)}` : ''
      row(paint.yellow('↻'), '', `${body.message}; trying again${wait}`)
    },
    'model.rerouted': (body) =>
      row(paint.yellow('!'), '', `the provider let ${body.served} answer instead of ${body.asked}`),
    'session.stopped': (body) => row(paint.red('■'), '', `stopped by ${body.by} ${body.reason}`),
    'guard.decided': (body) => row(paint.yellow('!'), '', `${body.decision}: ${body.rule}: ${body.reason}`),
    'model.failed': (body) => row(paint.red('✗'), '', body.message),
    'model.answered': (body) => {
      doing = ''
      totals.add(body)
      for (const part of body.parts)
        if (part.type === 'call') calls.set(part.id, describeCall(part.args, columns))
      const text = body.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
      if (text.trim() === '') return
      said = text
      if (body.parts.some((part) => part.type === 'call')) speakHeld()
    },
    'tool.intended': (body) => {
      doing = `${body.tool} ${oneLine(escapeForDisplay(calls.get(body.call) ?? ''), columns / 2)}`
    },
    'tool.done': (body) => {
      doing = ''
      if (QUIET.has(body.tool) && body.ok && !verbose) return
      if (body.tool === 'finish') return
      const mark = body.ok ? paint.green('✓') : paint.red('✗')
      const exit = typeof body.exit !== 'number' || body.exit === 0 ? '' : ` exit ${body.exit}`
      const time = body.ms >= 500 ? ` ${duration(body.ms)}` : ''
      const room = columns - 6 - displayWidth(body.tool + exit + time)
      const subject = oneLine(escapeForDisplay(calls.get(body.call) ?? ''), room)
      line(`  ${mark} ${escapeForDisplay(body.tool)} ${subject}${exit}${paint.dim(time)}`)
      if (verbose) deps.write(`${block(body.output)}\n`)
      else if (!body.ok && typeof body.exit !== 'number') row(' ', '  ', body.output, paint.dim)
    },
    'check.finished': (body) => {
      const counts =
        body.passed === null
          ? `exit ${body.exit ?? 'none'}`
          : `${body.passed} passed, ${body.failed ?? 0} failed`
      const mark = body.ok ? paint.green('✓ check green') : paint.yellow('✗ check red')
      line(`  ${mark} ${paint.dim(oneLine(escapeForDisplay(`${body.command}: ${counts}`), columns - 17))}`)
    },
    'plan.updated': (body) => {
      const active = body.items.find((item) => item.status === 'active')
      const done = body.items.filter((item) => item.status === 'done').length
      row(' ', `plan ${done}/${body.items.length}`, active === undefined ? '' : `: ${active.text}`, paint.dim)
    },
    'epoch.started': (body) =>
      row(
        ' ',
        '',
        `context rewritten (${body.cause}); \`cairn context diff ${body.epoch}\` shows what left`,
        paint.dim,
      ),
    'gate.decided': (body) => {
      if (body.accepted) return
      speakHeld()
      row(paint.yellow('!'), 'not accepted: ', body.reasons.join('; '))
    },
    'session.finished': (body) => {
      if (deps.tellsEnd && body.status !== 'cancelled') speak(body.summary)
      else if (said?.trim() !== body.summary.trim()) speakHeld()
      said = null
      const word = body.status === 'answered' ? 'answered (unverified)' : body.status
      const good = body.status === 'done' || body.status === 'answered'
      line(good ? paint.green(`✔ ${word}`) : paint.red(`✘ ${word}`))
      for (const item of body.openItems) row(' ', 'open: ', item, paint.yellow)
      line(paint.dim(totals.text()))
    },
  }

  return {
    event(event) {
      // One printer a kind; the table cannot say that the body it is given has that kind.
      const print = printers[event.kind] as ((body: Event['body'], event: Event) => void) | undefined
      print?.(event.body, event)
      if (event.kind === 'session.finished') return live.clear()
      const now = doing
      live.set(() => totals.text(now))
    },
    progress(text) {
      live.set(() => totals.text(text))
    },
  }
}
