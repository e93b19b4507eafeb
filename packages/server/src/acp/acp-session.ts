import type { ContentBlock, PromptResponse, SessionConfigOption, StopReason } from '@agentclientprotocol/sdk'
import type { Budget, TurnEnd } from '@cairn/agent'
import type { Event } from '@cairn/journal'
import { DriveError } from '../drive/errors.ts'
import { EFFORTS, isEffort } from '../drive/efforts.ts'
import type { ChosenModel } from '../drive/resolve-model.ts'
import { rewind } from '../drive/rewind.ts'
import { createSessionDriver } from '../drive/session-driver.ts'
import { leavePlace, type SessionPlace } from '../drive/session-place.ts'
import { openSessions } from '../drive/sessions.ts'
import { clientApprover, type AskClient } from './client-approver.ts'
import { CAIRN_METHODS, type CairnContext, type CairnRewound, type CairnTurnEnd } from './extension.ts'
import type { Outbox } from './outbox.ts'
import { readPrompt } from './read-prompt.ts'
import { createUpdates } from './updates.ts'

/** What all sessions of a connection have in common. */
export interface AcpSetup {
  env: NodeJS.ProcessEnv
  home: string
  version: string
  budget: Budget
  subAgents: boolean
  /** Reads settings of other agents that name MCP servers. */
  parseToml: (text: string) => unknown
  /** Identity under which answers to questions are journaled. */
  by: string
  /** Another model; `present` is the provider that is left. */
  chooseModel(reference: string, present: string): Promise<ChosenModel>
  /** Names that can be chosen, `present` among them. */
  modelNames(present: string): Promise<string[]>
}

export interface AcpSession {
  readonly id: string
  prompt(blocks: readonly ContentBlock[], signal: AbortSignal): Promise<PromptResponse>
  cancel(): void
  steer(text: string): void
  compact(): Promise<void>
  context(): Promise<CairnContext>
  rename(title: string): Promise<void>
  rewind(way: 'undo' | 'redo', turns: number, force: boolean): Promise<CairnRewound>
  configOptions(): Promise<SessionConfigOption[]>
  setConfig(id: string, value: unknown): Promise<void>
  /** Tells the client what was said before it came. */
  replay(): void
  close(): Promise<void>
}

const STOP: Record<TurnEnd['status'], StopReason> = {
  done: 'end_turn',
  answered: 'end_turn',
  'done-with-open-items': 'end_turn',
  blocked: 'end_turn',
  budget: 'max_turn_requests',
  refused: 'refusal',
  failed: 'end_turn',
  cancelled: 'cancelled',
}

const DEFAULT_EFFORT = 'default'

export function createAcpSession(
  setup: AcpSetup,
  session: {
    id: string
    place: SessionPlace
    model: ChosenModel
    mcp: unknown
    resumes: boolean
    /** Whether every committed event is sent. */
    events: boolean
    outbox: Outbox
    ask: AskClient
  },
): AcpSession {
  const { id, place, outbox } = session
  const { cwd } = place
  const sessions = openSessions(setup.env)
  const usage = () => {
    const open = driver.session
    if (open === null) return null
    const { estimate, window } = open.context.usage()
    return { used: estimate, size: window, costUsd: open.state.costUsd }
  }
  const live = createUpdates({ cwd, replay: false, usage })
  const note = (text: string) =>
    outbox.update(id, { sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: `${text}\n` } })
  const driver = createSessionDriver({
    env: setup.env,
    home: setup.home,
    cwd,
    place,
    check: null,
    budget: setup.budget,
    scope: null,
    model: session.model,
    version: setup.version,
    mcp: session.mcp,
    parseToml: setup.parseToml,
    subAgents: setup.subAgents,
    approvers: [clientApprover(session.ask, { cwd, by: setup.by })],
    ...(session.resumes ? { sessionId: id } : { firstId: id }),
    onEvent(event: Event) {
      for (const update of live.event(event)) outbox.update(id, update)
      if (session.events) outbox.notify(CAIRN_METHODS.event, { sessionId: id, event })
    },
    onDelta(delta) {
      for (const update of live.delta(delta)) outbox.update(id, update)
    },
    onProblem: note,
  })
  const idle = () => {
    if (driver.running)
      throw new DriveError('busy', 'a turn is under way in this session', 'Cancel it, or wait for its end.')
  }
  /** The session where it is open or was begun before: one without a first message has nothing to show. */
  const opened = async () => {
    if (driver.session !== null) return driver.session
    if (sessions.find(id) === null)
      throw new DriveError('no-session', 'the session is not begun yet', 'Send a prompt first.')
    return driver.open('resumed')
  }
  return {
    id,
    async prompt(blocks, signal) {
      const said = readPrompt(blocks, cwd)
      const stop = () => driver.interrupt()
      signal.addEventListener('abort', stop, { once: true })
      try {
        const running = driver.run(said)
        if (signal.aborted) stop()
        const end = await running
        await outbox.flushed()
        const told: CairnTurnEnd = { ...end }
        return { stopReason: STOP[end.status], _meta: { cairn: told } }
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
    cancel: () => driver.interrupt(),
    steer(text) {
      if (driver.session === null || !driver.running)
        throw new DriveError('busy', 'no turn is under way', 'Send a prompt instead.')
      driver.session.steer(text)
    },
    async compact() {
      ;(await opened()).compact()
    },
    async context() {
      const { context } = await opened()
      return { usage: context.usage(), ledger: context.ledger() }
    },
    async rename(title) {
      await opened()
      driver.rename(title)
    },
    async rewind(way, turns, force) {
      idle()
      await driver.release()
      const { env } = setup
      const { request, written, deleted, kept, remaining } = await rewind(
        sessions,
        { id, cwd },
        { way, turns, force, env },
      )
      return { request, written, deleted, kept: [...kept], remaining: [...remaining] }
    },
    async configOptions() {
      const names = await setup.modelNames(driver.model)
      const select = (values: readonly string[]) => values.map((value) => ({ value, name: value }))
      return [
        {
          type: 'select',
          id: 'model',
          name: 'Model',
          category: 'model',
          currentValue: driver.model,
          options: select(names),
        },
        {
          type: 'select',
          id: 'effort',
          name: 'Effort',
          category: 'thought_level',
          currentValue: driver.effort ?? DEFAULT_EFFORT,
          options: select([DEFAULT_EFFORT, ...EFFORTS]),
        },
      ]
    },
    async setConfig(option, value) {
      if (typeof value !== 'string')
        throw new DriveError(
          'bad-message',
          `${option} takes one of its names`,
          'See the options of the session.',
        )
      if (option === 'effort') {
        if (value !== DEFAULT_EFFORT && !isEffort(value))
          throw new DriveError(
            'bad-message',
            `there is no effort ${value}`,
            `Give one of ${EFFORTS.join(', ')}.`,
          )
        return driver.setEffort(isEffort(value) ? value : null)
      }
      if (option !== 'model')
        throw new DriveError('bad-message', `there is no option ${option}`, 'There are model and effort.')
      idle()
      await driver.switchModel(await setup.chooseModel(value, driver.info.provider))
    },
    replay() {
      const store = sessions.open(id)
      const past = createUpdates({ cwd, replay: true, usage: () => null })
      try {
        for (const event of store.read()) for (const update of past.event(event)) outbox.update(id, update)
      } finally {
        store.close()
      }
    },
    async close() {
      await driver.close()
      for (const line of await leavePlace(place, id, setup.env)) note(line)
    },
  }
}
