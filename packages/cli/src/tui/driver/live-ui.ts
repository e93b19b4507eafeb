import { matchesKey, type TuiInputListenerResult } from '@earendil-works/pi-tui'
import type { Invocation } from '../../command.ts'
import { cancelOnSignal } from '../../cancel-on-signal.ts'
import { createPaint } from '../../output/paint.ts'
import type { Pane, PaneView } from '../render/pane.ts'
import { callDetails, callLine, renderBlock, type Look } from '../render/render-block.ts'
import { statusLine } from '../render/status-line.ts'
import { slashCommands } from '../slash/slash-commands.ts'
import { createApp } from './app.ts'
import { createCompletion } from './complete.ts'
import { Composer } from './composer.ts'
import { listFiles } from './list-files.ts'
import { renderActivity, renderPaneRows, renderQueue } from './live-view.ts'
import { paneKey } from './pane-key.ts'
import { openPromptHistory } from './prompt-history.ts'
import { createQuestionView } from './question-view.ts'
import { createScreen } from './screen.ts'
import { createSpacing } from './spacing.ts'
import type { TuiSetup } from './tui-setup.ts'

/** A second Ctrl-C within this time leaves, in ms. */
const TWICE_MS = 1_500
const CONSUMED: TuiInputListenerResult = { consume: true }

/** Runs the UI on a terminal until the person leaves. */
export async function runLiveUi(invocation: Invocation, setup: TuiSetup): Promise<number> {
  const { io } = invocation
  const paint = createPaint(io.stdout, io.env)
  const history = openPromptHistory(setup.dataDir)
  const questionView = createQuestionView(Date.now)
  let view: PaneView | null = null
  let open = false
  let hint = ''
  let lastBreak = 0
  let leaving = false
  let leave: () => void = () => undefined
  const left = new Promise<void>((resolve) => (leave = resolve))

  const apart = createSpacing()
  const look = (width = screen.columns): Look => ({ width, paint, open })
  const screen = createScreen(
    {
      render(width, rows, hurried) {
        const now = Date.now()
        const { state } = app
        const below = composer.render(width)
        const room = rows - below.length - 2
        const [question] = app.questions.open
        const above =
          question !== undefined
            ? questionView.render(question, room, look(width))
            : view === null
              ? [
                  ...renderActivity(state, { now, rows: room - 4, hurried }, look(width)),
                  ...renderQueue(state, look(width)),
                ]
              : renderPaneRows(view, rows - 4, look(width))
        return [...above.slice(-Math.max(3, room)), ...below]
      },
    },
    () => composer,
  )
  const app = createApp(invocation, setup, {
    look: () => look(),
    print: (blocks) => screen.commit(apart(blocks.flatMap((block) => renderBlock(block, look())))),
    changed: () => screen.refresh(),
    openPane: (pane) => show(pane),
    closePane: () => show(null),
    write: (text) => composer.setText(text),
    quit: () => leave(),
  })
  const composer = new Composer(
    screen.tui,
    paint,
    createCompletion({
      commands: () => slashCommands(app.slash),
      values: (name) =>
        slashCommands(app.slash)
          .find((command) => command.name === name)
          ?.values?.(app.slash) ?? [],
      files: () => listFiles(setup.cwd),
    }),
  )
  composer.placeholder = 'Ask for a change, / for commands, @ for files'
  composer.status = () =>
    hint === ''
      ? statusLine(app.state, {
          now: Date.now(),
          model: app.session.model,
          effort: app.session.effort,
          paint,
        })
      : paint.yellow(hint)
  for (const entry of history.entries) composer.addToHistory(entry)

  const show = (pane: Pane | null) => {
    view = pane === null ? null : { pane, top: 0, selected: 0 }
    screen.refresh(true)
  }
  const send = (text: string, when: 'boundary' | 'after') => {
    if (text.trim() === '') return
    hint = ''
    history.add(text)
    composer.addToHistory(text)
    app.submit(text, when)
  }
  composer.onSubmit = (text) => send(text, 'boundary')

  const callPane = (at: number): Pane | null => {
    const call = app.state.calls[at]
    if (call === undefined) return null
    return {
      title: `Call ${at + 1} of ${app.state.calls.length}`,
      lines: (width) => [callLine(call, look(width)).trim(), ...callDetails(call, look(width))],
      turn: (by) => callPane(at + by),
    }
  }
  const onBreak = () => {
    const now = Date.now()
    if (now - lastBreak < TWICE_MS) return leave()
    lastBreak = now
    if (composer.getText() !== '') composer.setText('')
    hint = 'Ctrl-C again leaves; Esc interrupts the turn'
    screen.refresh(true)
    setTimeout(() => {
      hint = ''
      screen.refresh()
    }, TWICE_MS).unref()
  }

  const onKey = (data: string): TuiInputListenerResult => {
    if (leaving) return CONSUMED
    const [question] = app.questions.open
    if (question !== undefined) {
      questionView.key(question, data)
      screen.refresh(true)
      return CONSUMED
    }
    if (matchesKey(data, 'ctrl+c')) {
      if (view !== null) show(null)
      onBreak()
      return CONSUMED
    }
    if (view !== null) {
      const next = paneKey(view, data, screen.rows)
      if (next !== 'kept') {
        if (next === 'closed') show(null)
        else if (next.choose !== undefined) {
          show(null)
          void Promise.resolve(next.choose()).catch((error: unknown) =>
            app.slash.notice('bad', error instanceof Error ? error.message : String(error)),
          )
        } else view = next.view ?? view
      }
      screen.refresh(true)
      return CONSUMED
    }
    if (matchesKey(data, 'ctrl+d') && composer.getText() === '') {
      leave()
      return CONSUMED
    }
    if (matchesKey(data, 'escape') && !composer.isShowingAutocomplete()) {
      if (app.state.working) app.interrupt()
      return CONSUMED
    }
    if (matchesKey(data, 'ctrl+o')) {
      const pane = callPane(app.state.calls.length - 1)
      if (pane === null) app.slash.notice('dim', 'no call was made yet')
      else show(pane)
      return CONSUMED
    }
    if (matchesKey(data, 'ctrl+t')) {
      open = !open
      app.slash.notice('dim', open ? 'calls are shown open from now on' : 'calls are folded from now on')
      return CONSUMED
    }
    if (matchesKey(data, 'ctrl+l')) {
      screen.wipe()
      screen.commit(apart(app.state.blocks.slice(-30).flatMap((block) => renderBlock(block, look()))))
      return CONSUMED
    }
    if (matchesKey(data, 'tab') && app.state.working && !composer.isShowingAutocomplete()) {
      const text = composer.getExpandedText()
      if (text.trim() === '' || text.startsWith('/')) return undefined
      composer.setText('')
      send(text, 'after')
      return CONSUMED
    }
    if (matchesKey(data, 'up') && composer.getText() === '' && app.state.queue.length > 0) {
      const text = app.takeBack()
      if (text !== null) composer.setText(text)
      screen.refresh(true)
      return CONSUMED
    }
    return undefined
  }

  screen.tui.addInputListener(onKey)
  const cancel = cancelOnSignal(io, Date.now)
  cancel.signal.addEventListener('abort', () => leave())
  const clock = setInterval(() => {
    if (app.state.working) screen.refresh()
  }, 1_000)
  screen.start()
  try {
    await app.begin(setup.notice, setup.resume)
    if (setup.text !== null) app.submit(setup.text)
    await left
    return 0
  } finally {
    leaving = true
    clearInterval(clock)
    app.interrupt()
    await screen.stop()
    await app.settled()
    await app.session.close()
    cancel.done()
    if (app.session.id !== null && app.state.turn > 0)
      io.stdout.write(`go on with: cairn --resume ${app.session.id}\n`)
  }
}
