/** JSON as it is stored in a journal line. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The address of bytes kept beside the journal: sha256 in hex, and the length in bytes. */
export interface BlobRef {
  sha256: string
  bytes: number
}

/** A span of a text field of an event (or of the blob it refers to), in UTF-16 code units. */
export interface Span {
  seq: number
  /** Dotted path of the field inside the body, for example `text` or `output`. */
  field: string
  start: number
  end: number
}

/** An entry of the parent's ledger that holds for a sub-agent too, with the voice that said it. */
export interface InheritedStatement {
  /** Its id in the parent's ledger. */
  id: string
  type: 'constraint' | 'decision' | 'contract' | 'assumption' | 'rejected'
  polarity: 1 | -1
  text: string
  scope: { paths?: string[]; until?: string }
  authority: 'system' | 'policy' | 'user' | 'repository' | 'agent'
  status: 'current' | 'unverified'
}

export interface PlanItem {
  text: string
  status: 'pending' | 'active' | 'done' | 'dropped'
}

/** What a tool did to one file. `before` / `after` are sha256 of the content, null where the file did not exist. */
export interface FileEffect {
  path: string
  op: 'seen' | 'wrote' | 'deleted'
  before?: string | null
  after: string | null
  /** 1-based inclusive lines, for a partial read. */
  range?: [number, number]
}

/** Result of one check run, bound to the tree it ran on. */
export interface CheckResult {
  command: string
  /** Hash of the workspace tree before the run; evidence counts only while the tree still has it. */
  tree: string
  /** Hash after the run: differs from `tree` where the check itself wrote files. */
  treeAfter: string
  exit: number | null
  ok: boolean
  passed: number | null
  failed: number | null
  failures: { id: string; message: string; file?: string; line?: number }[]
  durationMs: number
}

export type AssistantPart =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  /** `args` is the argument text exactly as the model wrote it: it may be malformed and is never repaired. */
  | { type: 'call'; id: string; tool: string; args: string }

export interface Usage {
  /** All input tokens, cached ones included. */
  input: number
  cachedInput: number
  cacheWrite: number
  output: number
  reasoning: number
}

/** The record a provider needs back unchanged (encrypted reasoning, thinking signatures, thought signatures). */
export interface NativeRecord {
  provider: string
  model: string
  data: Json
}

export type EndStatus =
  | 'done'
  | 'answered'
  | 'done-with-open-items'
  | 'blocked'
  | 'budget'
  | 'refused'
  | 'failed'
  | 'cancelled'

/** A command that was run to check a unit or a batch of a campaign. `output` is its end, bounded. */
export interface CampaignCheck {
  command: string
  exit: number | null
  ok: boolean
  ms: number
  output: string
}

/** Something decided in one unit of a campaign that others have to know. Without paths it concerns all. */
export interface CampaignEntry {
  type: 'decision' | 'contract' | 'constraint'
  text: string
  paths: string[]
}

/**
 * The vocabulary of a session's journal, kind → body. The journal stores any kind; these are the ones cairn writes.
 * A new field is optional, a new kind is ignored by older readers: journals stay readable for ever.
 */
export interface EventBodies {
  'session.started': {
    version: string
    cwd: string
    model: { provider: string; id: string }
    title: string
    check: string | null
    parent?: { session: string; seq: number }
    /** The session works in a worktree of its own: of which checkout, where, on which branch, from which commit. */
    worktree?: { home: string; root: string; branch: string; base: string }
  }
  /** A fact about the set-up that has to be known to read the rest: sandbox level, catalogue, configuration hash. */
  'session.environment': { facts: { [key: string]: Json } }
  /** A person gave the session another name. */
  'session.renamed': { title: string }
  'session.resumed': { reason: string; interrupted: string[] }
  /** Instruction files as loaded: full text, because they are part of what the model was told. */
  'instructions.loaded': {
    /** `trusted`: a person approved these very bytes. */
    files: { path: string; sha256: string; text: string; trusted?: boolean }[]
  }
  /** Skills, slash commands and agents that count in this session, and those that were found and do not. */
  'conventions.loaded': {
    active: { kind: string; name: string; path: string; sha256: string }[]
    leftOut: { kind: string; name: string; path: string; why: string }[]
  }
  /** One hook ran. `context` went to the model, `message` to the person, `input` in place of the arguments of the call. */
  'hook.ran': {
    event: string
    command: string
    /** What names it. */
    file: string
    outcome: 'ok' | 'blocked' | 'ask' | 'stopped' | 'failed'
    ms: number
    call?: string
    reason?: string
    context?: string
    message?: string
    input?: Json
  }
  'user.message': {
    text: string
    attachments?: (BlobRef & { mime: string; name?: string })[]
    /** Who wrote it: the agent that started this sub-agent, else a person. */
    by?: 'agent'
    /** The command or skill that the text was made from. */
    via?: { kind: string; name: string; path: string; sha256: string }
  }
  /** What a sub-agent gets from the ledger of its parent, written by the loop before the first request. */
  'ledger.inherited': { session: string; seq: number; entries: InheritedStatement[] }
  /** What the harness itself tells the model (gate refusals, budget warnings, loop warnings). */
  'harness.message': { text: string; reason: string }
  'model.requested': {
    model: string
    epoch: number
    items: number
    bytes: number
    estimate: number
    purpose: 'turn' | 'narrative'
    /** Asked of the model, where a person chose it. */
    effort?: string
  }
  'model.retried': { attempt: number; waitMs: number; code: string; message: string }
  'model.answered': {
    model: string
    served: string | null
    parts: AssistantPart[]
    usage: Usage
    costUsd: number | null
    finish: 'stop' | 'calls' | 'length' | 'filter' | 'error' | 'other'
    native?: NativeRecord
    ms: number
  }
  /** The provider let another model answer than the one that was asked; the request is not made again for that. */
  'model.rerouted': { asked: string; served: string }
  'model.failed': { code: string; message: string; retryable: boolean }
  /** Written before a tool with an effect starts: a later `tool.done` with the same call id closes it. */
  'tool.intended': {
    call: string
    tool: string
    args: Json
    effect: 'read' | 'write' | 'exec' | 'control'
    actionSha256: string
    /** The rule that allows it, as `layer:id`. Decisions that are no plain allow are events of their own. */
    rule?: string
    decisionId?: string
    /** The approval that it rests on. */
    approval?: string
    /** Tree hash before it, where it is the first of a turn that may change files unseen. */
    tree?: string
  }
  'tool.done': {
    call: string
    tool: string
    ok: boolean
    /** The bounded view that the model is shown. */
    output: string
    /** Full output where the view is not all of it. */
    full?: BlobRef & { lines: number }
    exit?: number | null
    ms: number
    files?: FileEffect[]
    check?: CheckResult
    /** Images for models that take them. */
    images?: (BlobRef & { mime: string })[]
    /** A call that never ran to its end: killed, crashed or refused. */
    lost?: 'interrupted' | 'cancelled' | 'refused'
  }
  'guard.decided': {
    call: string
    decision: 'allow' | 'ask' | 'deny'
    rule: string
    reason: string
    actionSha256: string
    /** Hash over the policy that decided. */
    policySha256?: string
    /** Names this decision: the same action under the same policy has the same one. */
    decisionId?: string
  }
  /** A person is asked. `record` is all that they are shown (an `ApprovalRequest` of the guard). */
  'approval.requested': {
    id: string
    call: string
    actionSha256: string
    decisionId: string
    rule: string
    approvers: number
    expiresAt: number
    record: Json
  }
  'approval.granted': { id: string; by: string; scope: 'once' | 'session'; actionSha256: string }
  'approval.denied': { id: string; by: string; reason: string }
  'approval.expired': { id: string; reason: string }
  /** Written right before the effect, after the bytes were hashed again. */
  'approval.used': { id: string; call: string; actionSha256: string }
  /** One attempt of a command to reach a host: refused, failed, or opened and later closed with what went through. */
  'egress.attempted': {
    id: number
    phase: 'refused' | 'failed' | 'opened' | 'closed'
    method: string
    host: string
    port: number
    path: string | null
    rule: string
    reason: string
    address: string | null
    sent: number
    received: number
    ms: number
  }
  'plan.updated': { items: PlanItem[] }
  /** Typed memory, written by the model's `note` tool; extractors derive theirs from other events. */
  'note.written': {
    id: string
    type:
      | 'constraint'
      | 'decision'
      | 'contract'
      | 'assumption'
      | 'rejected'
      | 'failure'
      | 'command'
      | 'fact'
      | 'question'
    text: string
    key?: string
    scope?: { paths?: string[]; until?: string }
    supersedes?: string[]
    source?: Span[]
    /** Who keeps it: a person who pinned it, else the model. */
    by?: 'user'
    /** Taken from the report of a sub-agent: it binds nobody and ends nothing. */
    report?: { session: string; seq: number }
  }
  /** A sub-agent begins, in a journal of its own. */
  'subagent.started': { call: string; agent: string; session: string; description: string }
  /** What a sub-agent spent, which counts as its parent's. `private`: what of that sort it has read. */
  'subagent.finished': {
    call: string
    session: string
    status: EndStatus
    steps: number
    usage: Usage
    costUsd: number | null
    private?: string
  }
  'process.started': { id: string; command: string; pid: number }
  'process.ended': { id: string; exit: number | null; signal: string | null }
  'check.finished': CheckResult & { call: string | null }
  'gate.decided': { accepted: boolean; reasons: string[]; evidence: number[] }
  /** One rewrite of the context. `narrative` is text only: nothing typed is ever read back from it. */
  'epoch.started': { epoch: number; basis: number; cause: string; report: Json }
  'narrative.received': {
    epoch: number
    basis: number
    text: string
    kept: string
    dropped: { sentence: string; why: string }[]
    usage?: Usage
    costUsd?: number | null
  }
  'narrative.dropped': { epoch: number; basis: number; why: string; usage?: Usage; costUsd?: number | null }
  /**
   * The provider's own compaction of the request before epoch `epoch`, written just before that starts. An extra: it
   * goes back to the model that made it, before the record, and nothing is ever read from it.
   */
  'compaction.received': {
    epoch: number
    basis: number
    native: NativeRecord
    usage?: Usage
    costUsd?: number | null
  }
  'compaction.dropped': { epoch: number; basis: number; why: string; usage?: Usage; costUsd?: number | null }
  /** The files of the workspace at this moment, kept outside of it; `id` is null where that failed, for the reason given. */
  'tree.checkpoint': {
    id: string | null
    /** Before the first effect of a turn, between steps, or at the end of a turn. */
    phase: 'before' | 'step' | 'after'
    files: number
    /** Commit that HEAD named, null without one. */
    head: string | null
    uncovered: { path: string; why: string }[]
    error?: string
  }
  /**
   * The session goes on from event `to`, as if what lies between had not happened; the events stay. `undo` takes turns
   * back, `redo` takes an undo back.
   */
  'session.rewound': {
    to: number
    reason: 'undo' | 'redo'
    /** Checkpoint of the files right before, null where none could be made. */
    before: string | null
    /** Checkpoint that the files were brought back to, null where no file had to change. */
    checkpoint: string | null
    written: number
    deleted: number
    /** Files that someone else changed since, left as they are. */
    kept: string[]
    /** Effects that cannot be taken back. */
    remaining: string[]
  }
  /**
   * A session was brought in from a file. `trusted`: its signature is of this data folder's key, so what people said in it
   * is theirs; else everything that follows is what anybody may have written, and people's words have `by: 'agent'`.
   */
  'session.imported': {
    source: 'cairn' | 'atif' | 'claude-code' | 'codex'
    /** Of the file. */
    sha256: string
    bytes: number
    /** Id of the session there, and the program that made it. */
    session: string | null
    agent: string
    trusted: boolean
    messages: number
    answers: number
    results: number
    /** Things of the conversation that have no place here: images, notes of the other program, side conversations. */
    leftOut: number
  }
  /** This journal began as a copy of another one, up to that event. */
  'session.forked': { session: string; seq: number; root: string }
  /** The bytes of a blob were erased on a legal request; without this event their absence is damage. */
  'blob.erased': BlobRef & { reason: string }
  /** First event of a campaign's journal: what is to be done, on which commit, and where it ends up. */
  'campaign.started': {
    version: string
    name: string
    definition: Json
    /** Folder of the checkout, and the commit the work-list was made on. */
    repository: string
    base: string
    branch: string
  }
  /** The work-list, in order. `after`: units that have to be settled before. */
  'campaign.planned': { units: { id: string; files: string[]; after: string[] }[] }
  'campaign.approved': { by: 'person' | 'option' }
  /** What a worker handed in, with the position in the fleet's outbox up to which all has been read. */
  'campaign.handed-in': {
    unit: string
    attempt: number
    outbox: number
    state: 'verified' | 'pending' | 'needs-human' | 'failed'
    reason: string | null
    base: string | null
    patch: BlobRef | null
    checks: CampaignCheck[]
    entries: CampaignEntry[]
    /** What a recipe could not do, as far as it knows. */
    left: string[]
    /** The agent's session, where one worked on it. */
    work: string | null
    /**
     * A worker that was lost has left a session of so many events: it was gone on with, or, where `refused` says why not,
     * the unit began again.
     */
    takeover?: { session: string; worker: string; events: number; refused: string | null }
    worker: string
    costUsd: number | null
    tokens: number
    ms: number
  }
  /** Units that the merge queue gives back: a conflict, or guilty of a red batch. */
  'campaign.returned': { units: { unit: string; state: 'pending' | 'needs-human'; reason: string }[] }
  /** The integration branch moves; written before the branch itself is. */
  'campaign.merged': {
    from: string
    to: string
    units: { unit: string; commit: string | null }[]
    checks: CampaignCheck[]
  }
  'campaign.rolled-back': { unit: string; from: string; to: string; checks: CampaignCheck[] }
  /** A run of the campaign ends, for good or until it is resumed. */
  'campaign.finished': {
    status: 'done' | 'done-with-open-items' | 'paused' | 'stopped' | 'budget' | 'cancelled' | 'failed'
    reason: string | null
    counts: { [state: string]: number }
    branch: string
    head: string
    checks: CampaignCheck[]
  }
  /** A checkpoint was sent to where it is kept besides the journal, or could not be; `size` and `root` are what it says. */
  'log.anchored': { target: string; ok: boolean; tries: number; detail: string; size: number; root: string }
  /** The bytes of a blob were erased on a legal request; their hash stays. */
  'log.erased': { sha256: string; bytes: number; reason: string }
  /** A statement about a commit was signed: its sha256 without the part about this log, and what it is about. */
  'change.attested': { sha256: string; commit: string; tree: string }
  /** A commit was made of what the session changed; `left`: files of the session that are not in it. */
  'change.committed': {
    commit: string
    parent: string | null
    /** Null on a detached HEAD. */
    branch: string | null
    files: number
    left: string[]
  }
  /** Somebody stopped the session from outside: its processes were killed and its grants taken back. */
  'session.stopped': { by: string; reason: string; file: string }
  'session.finished': {
    status: EndStatus
    summary: string
    openItems: string[]
    evidence: number[]
    steps: number
    costUsd: number | null
    usage: Usage
  }
}

export type EventKind = keyof EventBodies

/** One line of the journal. `seq` starts at 1 and has no gaps; `time` is milliseconds since the epoch. */
export type Event<K extends EventKind = EventKind> = {
  [P in K]: { seq: number; time: number; turn: number; step: number; kind: P; body: EventBodies[P] }
}[K]

/** An event as handed to the journal: it gets its `seq` there. */
export type NewEvent<K extends EventKind = EventKind> = {
  [P in K]: { time: number; turn: number; step: number; kind: P; body: EventBodies[P] }
}[K]
