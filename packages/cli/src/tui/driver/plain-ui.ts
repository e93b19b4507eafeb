import { createInterface } from 'node:readline'
import type { Invocation } from '../../command.ts'
import { cancelOnSignal } from '../../cancel-on-signal.ts'
import { createPaint } from '../../output/paint.ts'
import { renderBlock, type Look } from '../render/render-block.ts'
import type { Pane } from '../render/pane.ts'
import { renderQuestion } from '../render/render-question.ts'
import type { TuiSetup } from './tui-setup.ts'
import { createApp } from './app.ts'
import { onlyColours } from './only-colours.ts'
import type { Question } from '@cairn/server'
import { createSpacing } from './spacing.ts'

/** Linear text: nothing is drawn over, nothing moves, no colours. For screen readers and terminals that know nothing else. */
export async function runPlainUi(invocation: Invocation, setup: TuiSetup): Promise<number> {
  const { io } = invocation
  const apart = createSpacing()
  let asked: Question | null = null
  const look = (): Look => ({ width: io.stdout.columns ?? 80, paint: createPaint({}, {}), open: false })
  const lines = createInterface({ input: process.stdin, terminal: false })
  const say = (rows: readonly string[]) => {
    for (const row of rows) io.stdout.write(`${onlyColours(row)}\n`)
  }
  /** A pane with choices waits for a number. */
  const waiting: { pane: Pane | null } = { pane: null }
  const app = createApp(invocation, setup, {
    look,
    print: (blocks) => say(apart(blocks.flatMap((block) => renderBlock(block, look())))),
    changed() {
      const [question] = app.questions.open
      if (question === undefined || question === asked) return
      asked = question
      say([
        `Allow ${question.record.action.tool}?`,
        ...renderQuestion(question.record, look().width, look().paint),
        'Type "allow" to allow it once, "allow session" to allow exactly this again until the session is closed; anything else denies it, and is told as the reason.',
      ])
    },
    openPane(pane) {
      say([pane.title, ...pane.lines(look().width)])
      if (pane.choices === undefined) return
      say(pane.choices.map(({ label, detail }, n) => `${n + 1}. ${label} ${detail ?? ''}`.trimEnd()))
      say(['Type a number, or anything else to go on.'])
      waiting.pane = pane
    },
    closePane: () => undefined,
    write: (text) => say(['Not sent:', ...text.split('\n')]),
    quit: () => lines.close(),
  })
  const cancel = cancelOnSignal(io, Date.now)
  cancel.signal.addEventListener('abort', () => lines.close())
  await app.begin(setup.notice, setup.resume)
  if (setup.text !== null) app.submit(setup.text)
  for await (const line of lines) {
    const choice = /^\d+$/u.test(line.trim()) ? waiting.pane?.choices?.[Number(line) - 1] : undefined
    waiting.pane = null
    const [question] = app.questions.open
    if (question !== undefined) {
      const word = line.trim()
      if (word === 'allow') question.grant('once')
      else if (word === 'allow session') question.grant('session')
      else question.deny(word === '' ? undefined : word)
      continue
    }
    if (choice !== undefined) await choice.choose()
    else if (line.trim() === '/stop') app.interrupt()
    else app.submit(line)
  }
  if (cancel.signal.aborted) app.interrupt()
  await app.settled()
  await app.session.close()
  cancel.done()
  if (app.session.id !== null && app.state.turn > 0) io.stdout.write(`session ${app.session.id}\n`)
  return 0
}
