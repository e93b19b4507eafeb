import { createContext, type ContextConfig, type ContextEngine, type ContextPorts } from '@cairn/context'
import { JournalError, liveEvents, openStore, type EndStatus, type Event } from '@cairn/journal'
import { createPolicy, createSandbox, judgeLabels, loadPolicy, policyFiles, scopeLayer } from '@cairn/guard'
import { createTerminal } from '@cairn/terminal'
import { headCommit, type ReviewChanges } from '@cairn/workspace'
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { APPROVAL_KINDS, createApprovals, expireOpen, type Approvals } from './approvals.ts'
import { createBoundary, guardedTerminal } from './boundary.ts'
import { describeViolation } from './constraints/constraint-rule.ts'
import { createConstraints, type Constraints } from './constraints/create-constraints.ts'
import { watchConstraints } from './constraints/watch-constraints.ts'
import { createCheckpointer } from './checkpointer.ts'
import { createCheckRunner } from './check-runner.ts'
import { createCompletionGate } from './completion-gate.ts'
import { createKillSwitch, refuseStopped } from './kill-switch.ts'
import type { Delta } from './model-step.ts'
import { ownHosts, serverSecrets } from './mcp/server-config.ts'
import { sessionMcp } from './mcp/session-mcp.ts'
import { outboundGate } from './outbound-gate.ts'
import {
  refuseExpired,
  refuseForeignWorkspace,
  refuseUnscoped,
  scopeFacts,
  scopePrompt,
  secondsLeft,
} from './session-scope.ts'
import { createProviderCompaction } from './provider-compaction.ts'
import { createNarrativeRunner } from './narrative.ts'
import { promptText } from './prompt-text.ts'
import { createRecorder, type EventListener } from './recorder.ts'
import { openCheckpoints } from './open-checkpoints.ts'
import { closeInterrupted, endProcesses } from './resume.ts'
import { codeId, openSessionCache } from './session-cache.ts'
import { emptySessionState, reduceSession } from './session-state.ts'
import { sessionEgress } from './session-egress.ts'
import { sourceOf, withHosts } from './session-labels.ts'
import { safetyIdOf, withSafetyId } from './safety-id.ts'
import { redactedStore, sessionRedactor } from './session-secrets.ts'
import { createToolbox, withUndeclared } from './toolbox.ts'
import { loadHooks, ownPrograms } from './hooks/load-hooks.ts'
import { openSessionHooks } from './hooks/session-hooks.ts'
import { createSteering } from './steering.ts'
import { watchBoundary } from './step-boundary.ts'
import { userInput } from './image-file.ts'
import { recordMessage } from './record-message.ts'
import { createStopSignal } from './stop-signal.ts'
import { turnEnd, type TurnEnd } from './turn-end.ts'
import type { CallGuard } from './tool-step.ts'
import { runTurn } from './turn.ts'
import { findConventions } from './skills/find-conventions.ts'
import { messageOf, recordConventions, skillTools } from './skills/session-conventions.ts'
import { refuseSubAgent } from './sub-agent/nested-session.ts'
import { createSubAgents } from './sub-agent/create-sub-agents.ts'
import { openSessionWorkspace } from './open-session-workspace.ts'
import { recordConfig, recordStart } from './record-start.ts'
import type { Session, SessionOptions } from './session.ts'

/** In UTF-16 code units. */
const TITLE_LENGTH = 120

const nestedPrompt = ({ nested }: SessionOptions): string =>
  nested === undefined || nested.prompt === '' ? '' : `\n\n# Your part\n\n${nested.prompt}\n`

function configOf(options: SessionOptions, tools: ReturnType<typeof createToolbox>): ContextConfig {
  return {
    model: options.model.info,
    system:
      promptText(new URL('./system.md', import.meta.url)) +
      scopePrompt(options.scope ?? null) +
      nestedPrompt(options),
    tools: [...tools.values()].map((tool) => tool.declaration),
    narrative: options.model.info.provider !== 'embedded',
    cacheKey: options.sessionId,
    ...(options.providerCompaction === true ? { compaction: true } : {}),
    ...(options.window === null ? {} : { window: options.window }),
  }
}

/** Ends in the middle of the work: the model goes on from its last result without a word. */
const CAN_GO_ON: ReadonlySet<EndStatus> = new Set(['cancelled', 'budget'])
const GO_ON =
  'The session was resumed without a new request. Go on with what is open, or say that nothing is.'

/** Builds a session from its ports: new where the journal is empty, resumed where it is not. */
export async function composeSession(options: SessionOptions): Promise<Session> {
  const { env, now } = options
  const secrets = [...(options.secrets ?? []), ...serverSecrets(options.mcp?.servers ?? [])]
  const model = withSafetyId(options.model, safetyIdOf(options.key.vkey))
  const stopping = {
    dataDir: options.dataDir,
    session: options.sessionId,
    now,
    ...(options.stopFile === undefined ? {} : { managedFile: options.stopFile }),
  }
  refuseStopped(stopping)
  let approvals: Approvals | null = null
  let constraints: Constraints | null = null
  const review: ReviewChanges = (changes) => {
    const found = constraints?.violations(changes) ?? []
    return found.length === 0 ? null : found.map(describeViolation).join('; ')
  }
  const workspace = openSessionWorkspace(options, (path) => approvals?.coversPath(path) ?? false, review)
  const textOf = (path: string) => {
    const file = workspace.read(path)
    return file.ok ? file.value.text : null
  }
  const scope = options.scope ?? null
  refuseExpired(scope, now())
  await refuseForeignWorkspace(scope, workspace.root)
  const layers = [
    ...(scope === null ? [] : [scopeLayer(scope)]),
    ...loadPolicy(options.policyFiles ?? policyFiles(env, options.home, workspace.root)),
  ]
  const policy = createPolicy(layers, { workspace: workspace.root, now: () => performance.now() })
  // What happens beside the loop is written between steps, so that no call is parted from its result.
  const meanwhile: (() => void)[] = []
  const reached: (() => void)[] = []
  const redactor = sessionRedactor({
    sessionId: options.sessionId,
    key: options.key,
    env,
    secrets,
  })
  const egress = sessionEgress({
    layers,
    secrets,
    env,
    now,
    redactor,
    record: (attempt) => reached.push(() => recorder.record('egress.attempted', attempt)),
  })
  const loaded = loadHooks({ ...options, ownClaude: options.claudeHooks ?? false })
  const sandbox = createSandbox({
    extraReadable: [
      ...(options.readable ?? []),
      ...(loaded.hooks.length === 0 ? [] : ownPrograms(env, options.home)),
    ],
    workspace: workspace.root,
    home: options.home,
    env,
    dataDir: options.dataDir,
    egress,
  })
  const store = openStore(options.journal, {
    sessionId: options.sessionId,
    mode: 'writer',
    now,
    key: options.key,
  })
  const boundary = createBoundary(sandbox)
  const terminal = guardedTerminal(
    createTerminal({
      sandbox,
      blobs: store,
      env,
      now,
      spoolDir: dirname(options.journal),
      transform: () => redactor.createStream(),
    }),
    boundary,
  )
  const refind = () => findConventions(options)
  const conventions = refind()
  const checks = createCheckRunner({ check: options.check, terminal, workspace, now })
  let context: ContextEngine
  const servers = options.mcp?.servers ?? []
  const { own: mcp, given } = await sessionMcp({
    options,
    sandbox,
    ready: boundary.ready,
    policy,
    store,
    redactor,
    onProblem: (problem) =>
      between(() => recorder.record('session.environment', { facts: { mcpServer: { problem } } })),
  })
  const allows = options.nested?.allows ?? options.allows
  const agents = createSubAgents({
    options,
    compose: composeSession,
    conventions,
    again: refind,
    workspace,
    mcp: given,
    parent: () => ({ context, recorder, state, checkpoints, checkpointer }),
  })
  const toolbox = createToolbox({
    terminal,
    workspace,
    context: () => context,
    editTool: options.model.info.editTool,
    images: options.model.info.images,
    watch: checks.watch,
    extra: [...(given?.tools ?? []), ...checks.tools, ...skillTools(conventions, refind), ...agents.tools],
    ...(allows === undefined ? {} : { allows }),
  })
  const tools = withUndeclared(toolbox, given, allows)
  const config = configOf(options, toolbox)
  const cache = openSessionCache(options.journal, store, config, options.code ?? codeId(import.meta.url))
  const cached = cache.read()
  const state = cached?.state ?? emptySessionState()
  const ports: ContextPorts = {
    blob: (sha256) => store.getBlob(sha256),
    events: (after) => liveEvents(store, { from: after + 1 }),
    disk(path) {
      const file = workspace.read(path)
      return file.ok ? { sha256: file.value.sha256, text: redactor.redact(file.value.text).text } : null
    },
    recallFile: `${options.journal}.recall`,
  }
  context = createContext(config, ports, cached?.context)

  let events = cached?.position ?? 0
  for (const event of liveEvents(store, { from: events + 1 })) {
    context.ingest(event)
    reduceSession(state, event)
    events = event.seq
  }
  try {
    refuseUnscoped(scope, state.scopeSha256)
    refuseSubAgent(store, options)
  } catch (error) {
    await boundary.facts
    await sandbox.close()
    context.close()
    store.close()
    throw error
  }
  const listen: EventListener = (event: Event) => {
    reduceSession(state, event)
    options.listener(event)
  }
  const recorder = createRecorder({
    store: redactedStore(store, redactor),
    context,
    now,
    listener: listen,
    turn: state.turn,
    step: state.step,
  })

  approvals = createApprovals({
    session: options.sessionId,
    approvers: options.approvers ?? [],
    recorder,
    now,
    random: randomBytes,
    ...(options.approvalSeconds === undefined ? {} : { seconds: options.approvalSeconds }),
  })
  const namedHosts = ownHosts(servers)
  const guard: CallGuard = {
    policy,
    gate: outboundGate({ env, secrets: options.secrets ?? [] }, (action, analysis, decision) =>
      judgeLabels(action, analysis, decision, {
        labels: action.tool.startsWith('mcp__') ? withHosts(state.labels, namedHosts) : state.labels,
        layers,
        sourceOf: (destination) => sourceOf((kinds) => store.read({ kinds }), destination),
      }),
    ),
    approvals,
    root: workspace.root,
    typed: new Map(),
  }

  const kill = createKillSwitch({
    ...stopping,
    onStop({ by, reason, file }) {
      // Processes end with the terminal, also those that went on beside the loop.
      void terminal.close()
      void mcp?.close()
      recorder.record('session.stopped', { by, reason, file })
      approvals?.revoke('the session was stopped')
    },
  })

  // Cleaned before it is cut: half of a secret would no longer be known as one.
  const title = redactor.redactRegistered(options.title).text.slice(0, TITLE_LENGTH)
  if (events === 0) recordStart({ ...options, title }, recorder)
  else
    recorder.recordAll([
      ...closeInterrupted(state),
      ...endProcesses(state),
      ...expireOpen(store.read({ kinds: APPROVAL_KINDS })),
    ])
  recordConfig(config, store, state, recorder)
  recordConventions({ ...conventions, leftOut: [...conventions.leftOut, ...loaded.leftOut] }, recorder)
  if (scope !== null) recorder.record('session.environment', { facts: { scope: scopeFacts(scope) } })

  terminal.onExit((info) =>
    meanwhile.push(() => recorder.record('process.ended', { id: info.id, exit: info.exit, signal: null })),
  )
  const steering = createSteering()
  let running = false
  let effort = options.effort ?? null
  let pins = 0
  const atBoundary = () => {
    for (const write of [...reached.splice(0), ...meanwhile.splice(0)]) write()
  }
  const between = (write: () => void) => {
    if (running) meanwhile.push(write)
    else write()
  }
  const unused = [...(options.mcp?.problems ?? []), ...(mcp?.problems ?? [])]
  if (servers.length + unused.length > 0)
    recorder.record('session.environment', {
      facts: { mcp: { tools: given?.tools.map(({ name }) => name) ?? [], problems: unused } },
    })
  void boundary.facts.then((facts) =>
    meanwhile.push(() =>
      recorder.record('session.environment', { facts: { sandbox: facts, policy: policy.sha256 } }),
    ),
  )
  const checkpoints = options.nested?.checkpoints ?? openCheckpoints(options.dataDir, workspace.root, env)
  const ownCheckpointer = () =>
    createCheckpointer({
      checkpoints,
      head: () => headCommit(workspace.root),
      write: (body) => recorder.record('tree.checkpoint', body),
    })
  const checkpointer = options.nested?.checkpointer ?? ownCheckpointer()
  const steps = watchBoundary(options, store, () => checkpointer.close())
  const ahead = (delta: Delta) => {
    const effect = delta.type === 'call' ? tools.get(delta.tool)?.effect : undefined
    if (effect === 'write' || effect === 'exec') void checkpointer.beforeEffect()
  }
  constraints = createConstraints({ ledger: () => context.ledger(), read: textOf })
  const watch = watchConstraints({
    constraints,
    checkpoints,
    start: () => checkpointer.start(),
    read: textOf,
    run: checks.run,
    treeHash: () => workspace.treeHash(),
  })
  const gate = createCompletionGate({
    check: options.check,
    state,
    recorder,
    workspace,
    run: checks.run,
    runImpacted: checks.runImpacted,
    unmet: watch.unmet,
    exists: (path) => workspace.exists(path),
  })
  const narrative = createNarrativeRunner(model, context, recorder)
  const compaction = createProviderCompaction({ model, context, recorder })
  const hooks = openSessionHooks(loaded.hooks, {
    sessionId: options.sessionId,
    repository: options.repositoryRoot,
    nested: options.nested !== undefined,
    source: events === 0 ? 'startup' : 'resume',
    sandbox,
    ready: boundary.ready,
    beforeEffect: checkpointer.beforeEffect,
    redactor,
    recorder,
    between,
    now,
  })
  if (hooks !== null) {
    guard.hooks = hooks.tools
    guard.approvals = hooks.notifying(approvals)
  }

  return {
    id: options.sessionId,
    state,
    context,
    sandbox,
    terminal,
    steer: (said) => steering.add(userInput(said, model.info)),
    setEffort(wanted) {
      effort = wanted
    },
    compact: () => between(() => recorder.recordAll([context.startEpoch(now(), 'asked by the user')])),
    pin: (text) =>
      between(() => {
        pins += 1
        const id = `pin-${state.turn}-${state.step}-${pins}`
        recorder.record('note.written', { id, type: 'fact', text, by: 'user' })
      }),
    rename: (name) =>
      between(() => {
        const kept = redactor.redactRegistered(name).text.slice(0, TITLE_LENGTH)
        recorder.record('session.renamed', { title: kept })
      }),
    async run(input, budget, signal) {
      kill.look()
      const given = input === null ? null : userInput(input, model.info)
      const said =
        given === null
          ? null
          : messageOf(refind(), given.text, options.nested !== undefined || given.by === 'agent')
      refuseExpired(scope, now())
      running = true
      agents.turnStarts(budget)
      checkpointer.turnStarts()
      const opened = said === null ? null : await hooks?.opened(said.text, signal)
      if (said !== null && opened?.refusal !== undefined && opened.refusal !== null) {
        running = false
        return turnEnd('refused', opened.refusal)
      }
      if (said !== null) {
        recorder.nextTurn()
        recordMessage(said, given?.images ?? [], { recorder, blobs: store })
        for (const text of opened?.context ?? []) recorder.record('harness.message', { text, reason: 'hook' })
      } else if (!state.awaitsModel || (state.ended !== null && !CAN_GO_ON.has(state.ended)))
        recorder.record('harness.message', { text: GO_ON, reason: 'resumed' })
      const stop = createStopSignal({
        person: signal,
        seconds: secondsLeft(scope, budget.seconds, now()),
        boundary,
        kill,
      })
      const finish = (ended: TurnEnd): TurnEnd => {
        running = false
        const end = stop.explain(ended)
        atBoundary()
        recorder.record('session.finished', {
          ...end,
          steps: state.steps,
          costUsd: state.costUsd,
          usage: state.usage,
        })
        // A crash loses the cache of the last events only.
        cache.write(state, context, 5_000)
        return end
      }
      const turn = runTurn({
        model,
        context,
        recorder,
        state,
        tools,
        blobs: store,
        redactor,
        guard,
        gate,
        narrative,
        compaction,
        budget,
        now,
        signal: stop.signal,
        onDelta(delta) {
          options.onDelta(delta)
          ahead(delta)
        },
        beforeEffect: checkpointer.beforeEffect,
        afterCommands: watch.afterCommands,
        atBoundary() {
          atBoundary()
          context.catchUp()
          checkpointer.stepEnded()
          // Who interrupts does not expect to be heard by a turn that ends.
          if (!stop.signal.aborted) steering.deliver({ recorder, blobs: store })
        },
        stepBoundary: steps.pass,
        userWaits: steering.waits,
        effort: () => effort,
        beforeEnd: async (end) => (await hooks?.beforeEnd(end, stop.signal)) ?? null,
        epoch: hooks?.epoch ?? { before: async () => undefined, after: async () => undefined },
      })
      try {
        const ended = await turn
        await checkpointer.turnEnded()
        return finish(ended)
      } catch (error) {
        // Where the journal itself failed nothing can be written any more: what is in it stands.
        if (JournalError.isInstance(error)) throw error
        const end = finish(turnEnd('failed', error instanceof Error ? error.message : String(error)))
        if (end.status === 'refused') return end
        throw error
      }
    },
    async close() {
      await hooks?.close()
      kill.close()
      narrative.stop()
      await checkpointer.close()
      await mcp?.close()
      await terminal.close()
      checks.close()
      // A probe under way still needs what closing would take from it.
      await boundary.facts
      await sandbox.close()
      // Connections that were open until now have been cut off, which belongs into the record.
      if (!steps.elsewhere) for (const write of reached.splice(0)) write()
      cache.write(state, context)
      context.close()
      store.close()
    },
  }
}
