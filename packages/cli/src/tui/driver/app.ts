import type { Delta } from '@cairn/agent'
import { describeImage, type UserInput } from '@cairn/agent/image'
import type { Event } from '@cairn/journal'
import { userInfo } from 'node:os'
import type { Invocation } from '../../command.ts'
import { describeError } from '../../output/describe-error.ts'
import { mentionedImages, withImages } from '../../mentioned-images.ts'
import { VERSION } from '../../version.ts'
import type { Look } from '../render/render-block.ts'
import type { Pane } from '../render/pane.ts'
import { readSlashLine, runSlashLine } from '../slash/slash-commands.ts'
import type { SlashHost } from '../slash/slash-command.ts'
import type { Block, Tone } from '../state/block.ts'
import { commitSpeech, reduceDelta } from '../state/reduce-delta.ts'
import { reduceEvent } from '../state/reduce-event.ts'
import { emptyTuiState, type QueuedMessage, type TuiState } from '../state/tui-state.ts'
import { createQuestions, type Questions } from '@cairn/server'
import { createSessionDriver, type DriverSetup, type SessionDriver } from '@cairn/server'

/** How a driver shows things: the live screen, or plain lines. */
export interface Surface {
  look(): Look
  /** Prints what is finished. */
  print(blocks: readonly Block[]): void
  /** Something else changed. */
  changed(): void
  openPane(pane: Pane): void
  closePane(): void
  /** Puts a text where messages are written. */
  write(text: string): void
  quit(): void
}

/** What both drivers do the same: turns, the queue, commands. */
export interface App {
  readonly state: TuiState
  readonly session: SessionDriver
  readonly slash: SlashHost
  readonly questions: Questions
  /** Takes a line that was sent: a command, a message, or one for the queue. */
  submit(text: string, when?: QueuedMessage['when']): void
  /** Takes the newest queued message back; null where none waits. */
  takeBack(): string | null
  /** Ends the running turn; what is queued comes back to be sent again. */
  interrupt(): void
  /** Says who is there, and shows the end of a session that is gone on with. */
  begin(notice: string | null, id: string | null): Promise<void>
  /** Resolves when nothing runs any more. */
  settled(): Promise<void>
}

/** Things of an earlier session that are shown again when it is gone on with. */
const SHOWN_AGAIN = 40

export function createApp(
  invocation: Invocation,
  deps: Omit<DriverSetup, 'onEvent' | 'onDelta' | 'onProblem' | 'approvers' | 'version'>,
  surface: Surface,
): App {
  let state = emptyTuiState()
  let printed = 0
  let turns: Promise<void> = Promise.resolve()
  const withdraw = new Map<QueuedMessage, () => boolean>()

  const flush = () => {
    const fresh = state.blocks.slice(printed)
    printed = state.blocks.length
    if (fresh.length > 0) surface.print(fresh)
    surface.changed()
  }
  const notice = (tone: Tone, text: string) => {
    state.blocks.push({
      kind: 'notice',
      tone,
      mark: tone === 'warn' ? '!' : tone === 'bad' ? '✗' : ' ',
      text,
    })
    flush()
  }
  const questions = createQuestions(`user:${userInfo().username}`, () => surface.changed())
  const session = createSessionDriver({
    ...deps,
    approvers: [questions.approver],
    version: VERSION,
    onProblem: (problem) => notice('warn', problem),
    onEvent(event: Event) {
      reduceEvent(state, event)
      if (
        event.kind === 'model.answered' ||
        event.kind === 'epoch.started' ||
        event.kind === 'session.finished'
      )
        state.context = session.session?.context.usage() ?? null
      flush()
    },
    onDelta(delta: Delta) {
      const before = state.blocks.length
      reduceDelta(state, delta)
      if (state.blocks.length > before) flush()
      else surface.changed()
    },
  })
  const failed = (error: unknown) =>
    notice(
      'bad',
      describeError(error, invocation.io.env['CAIRN_DEBUG'] !== undefined)
        .text.trim()
        .replace(/^cairn: /u, ''),
    )

  /** Images that a message names go with it. One that cannot be shown is said to be only a name. */
  const inputOf = (text: string): UserInput => {
    const named = mentionedImages(text, deps.cwd)
    if (named.length === 0) return { text, images: [] }
    if (!session.info.images) {
      notice('warn', `${session.model} takes no images: it is told only the name`)
      return { text, images: [] }
    }
    const input = withImages(text, null, deps.cwd)
    for (const image of input.images) notice('dim', `with ${describeImage(image)}`)
    return input
  }

  const runTurn = async (text: string | null): Promise<void> => {
    state.working = true
    state.turnStartedAt = Date.now()
    surface.changed()
    let cancelled = false
    try {
      const running = session.run(text === null ? null : inputOf(text))
      const end = await running
      cancelled = end.status === 'cancelled'
    } catch (error) {
      commitSpeech(state, true)
      failed(error)
      cancelled = true
    }
    state.working = false
    state.open = []
    // What came too late for the turn was not read by anybody.
    const waiting = state.queue.splice(0).filter((message) => withdraw.get(message)?.() ?? true)
    withdraw.clear()
    if (cancelled) {
      if (waiting.length > 0) surface.write(waiting.map((message) => message.text).join('\n\n'))
      return flush()
    }
    const [next, ...rest] = waiting
    flush()
    if (next === undefined) return
    const turn = runTurn(next.text)
    for (const message of rest) enqueue(message.text, message.when)
    await turn
  }
  const start = (text: string | null) => {
    turns = turns.then(() => runTurn(text))
  }
  const enqueue = (text: string, when: QueuedMessage['when']) => {
    const message: QueuedMessage = { text, when }
    state.queue.push(message)
    const open = session.session
    if (when === 'boundary' && open !== null) withdraw.set(message, open.steer(inputOf(text)))
    surface.changed()
  }
  const show = (blocks: Block[]) => {
    state.blocks.push(...blocks)
    flush()
  }
  const goTo = async (id: string | null) => {
    const events = await session.switchTo(id)
    const fresh = emptyTuiState()
    for (const event of events) reduceEvent(fresh, event)
    const blocks = fresh.blocks.slice(-SHOWN_AGAIN)
    const left = fresh.blocks.length - blocks.length
    state = { ...fresh, working: false, open: [], speech: { text: '', shown: 0 }, blocks: [], queue: [] }
    printed = 0
    notice(
      'dim',
      id === null ? 'a new session begins with your next message' : `session ${id}: ${fresh.title}`,
    )
    if (left > 0) notice('dim', `… ${left} earlier; \`cairn show ${id}\` prints all of it`)
    show(blocks)
  }

  const slash: SlashHost = {
    get state() {
      return state
    },
    session,
    io: invocation.io,
    call: invocation.call,
    values: invocation.values,
    cwd: deps.cwd,
    look: () => surface.look(),
    openPane: (pane) => surface.openPane(pane),
    closePane: () => surface.closePane(),
    notice,
    write: (text) => surface.write(text),
    send: (text) => start(text),
    goTo,
    quit: () => surface.quit(),
  }

  return {
    get state() {
      return state
    },
    session,
    slash,
    questions,
    submit(text, when = 'boundary') {
      const line = readSlashLine(text)
      if (line !== null) {
        runSlashLine(line, slash).catch(failed)
        return
      }
      if (text.trim() === '') return
      if (!state.working) return start(text)
      try {
        enqueue(text, when)
      } catch (error) {
        failed(error)
      }
    },
    takeBack() {
      const message = state.queue.findLast((each) => withdraw.get(each)?.() ?? each.when === 'after')
      if (message === undefined) return null
      state.queue = state.queue.filter((each) => each !== message)
      withdraw.delete(message)
      surface.changed()
      return message.text
    },
    interrupt: () => session.interrupt(),
    async begin(said, id) {
      show([{ kind: 'welcome', version: VERSION, cwd: deps.cwd, model: session.model, notice: said }])
      if (id !== null) await goTo(id)
    },
    settled: () => turns,
  }
}
