import { contextCost, diffEpoch } from '@cairn/context'
import { safeGit } from '@cairn/guard'
import type { Event } from '@cairn/journal'
import { wrapTextWithAnsi } from '@earendil-works/pi-tui'
import { count, money, oneLine, tokens } from '../../output/format.ts'
import { openSessions } from '@cairn/server'
import { contextBar } from '../render/status-line.ts'
import { renderDiff } from '../render/render-diff.ts'
import { renderPlan } from '../render/render-block.ts'
import { diffOfGit } from '@cairn/server'
import type { SlashCommand, SlashHost } from './slash-command.ts'
import { shown } from '../render/shown.ts'

const NOT_BEGUN = 'the session is not begun yet: send a message first'
/** What a pin keeps of something long, in UTF-16 code units. */
const PIN_LENGTH = 2_000

function eventsOf(host: SlashHost): Event[] {
  if (host.session.id === null) return []
  const store = openSessions(host.io.env).open(host.session.id)
  try {
    return [...store.read()]
  } finally {
    store.close()
  }
}

function pane(host: SlashHost, title: string, lines: (width: number) => string[]): void {
  host.openPane({ title, lines })
}

async function openContext(host: SlashHost): Promise<void> {
  const { context } = await host.session.open('context')
  const usage = context.usage()
  pane(host, `Context: epoch ${usage.epoch}`, () => {
    const { paint } = host.look()
    const share = usage.window === 0 ? 0 : usage.estimate / usage.window
    const most = Math.max(1, ...usage.parts.map((part) => part.tokens))
    return [
      `${contextBar(share, paint, 30)}  ${tokens(usage.estimate)} of ${tokens(usage.window)} tokens`,
      '',
      ...usage.parts.map(
        ({ kind, tokens: size }) =>
          `${tokens(size).padStart(7)}  ${paint.cyan('▇'.repeat(Math.ceil((20 * size) / most)).padEnd(20))}  ${shown(kind)}`,
      ),
      '',
      paint.dim('/ledger: what is kept whatever happens · /dropped: what left · /compact: rewrite now'),
    ]
  })
}

function dropped(words: string, host: SlashHost): void {
  const { session } = host.session
  if (session === null) return host.notice('warn', NOT_BEGUN)
  const newest = session.context.usage().epoch
  const epoch = words === '' ? newest : Number(words)
  const found = diffEpoch(eventsOf(host), epoch)
  if (found === null)
    return host.notice(
      'dim',
      newest === 0
        ? 'the context was never rewritten: nothing left it'
        : `there is no epoch ${words}; the newest is ${newest}`,
    )
  if (found.left.length === 0)
    return host.notice('dim', `epoch ${epoch} (${found.cause}): nothing left the context`)
  host.openPane({
    title: `Left at epoch ${epoch} (${found.cause}): ${tokens(found.before)} → ${tokens(found.after)} tokens. Enter pins one`,
    lines: () => [],
    choices: found.left.map((item) => ({
      label: `${tokens(item.tokens).padStart(6)}  ${item.handle}`,
      detail: `${item.how}  ${oneLine(item.what, 90)}`,
      choose() {
        const bytes = session.context.recall({ ref: item.handle }).text.slice(0, PIN_LENGTH)
        session.pin(`${item.what} (${item.handle}): ${bytes}`)
        host.notice('good', `pinned: ${oneLine(item.what, 80)}; it stays in the ledger`)
      },
    })),
  })
}

async function diff(host: SlashHost): Promise<void> {
  const { code, stdout, stderr } = await safeGit(['diff', 'HEAD'], { cwd: host.cwd })
  if (code !== 0) return host.notice('warn', `git has no diff: ${oneLine(stderr, 100)}`)
  const { stdout: names } = await safeGit(['ls-files', '-o', '--exclude-standard', '-z'], { cwd: host.cwd })
  const fresh = names.toString('utf8').split('\0').filter(Boolean)
  const lines = diffOfGit(stdout.toString('utf8'))
  if (lines.length + fresh.length === 0)
    return host.notice('dim', 'nothing was changed since the last commit')
  const changed = count(lines.filter(({ type }) => type === 'file').length, 'file')
  pane(host, `Changes since the last commit: ${changed}, ${fresh.length} new`, () => [
    ...renderDiff(lines, host.look().paint),
    ...fresh.map((name) => host.look().paint.green(`new ${shown(name)}`)),
  ])
}

function cost(host: SlashHost): void {
  const events = eventsOf(host)
  if (events.length === 0) return host.notice('warn', NOT_BEGUN)
  const bill = contextCost(events, host.session.info)
  const share = bill.input === 0 ? 0 : Math.round((100 * bill.cachedInput) / bill.input)
  pane(host, 'What the session cost', (width) => [
    `${money(bill.usd)} for ${count(bill.answers, 'answer')}`,
    `${tokens(bill.input)} tokens in (${share} % from the cache), ${tokens(bill.output)} out`,
    `largest request ${tokens(bill.peak)} tokens · ${count(bill.epochs, 'epoch switch', 'epoch switches')}`,
    ...bill.breaks.map((each) =>
      oneLine(
        shown(
          `cache break at event ${each.seq}: ${tokens(each.tokens)} tokens again, ${each.cause} ${each.detail}`,
        ),
        width,
      ),
    ),
  ])
}

/** Commands that show something and change nothing, but for a pin. */
export const VIEW_COMMANDS: readonly SlashCommand[] = [
  {
    name: 'plan',
    summary: 'the plan, and how far it is',
    whileWorking: true,
    run(_words, host) {
      if (host.state.plan.length === 0) return host.notice('dim', 'there is no plan yet')
      const done = host.state.plan.filter((item) => item.status === 'done').length
      pane(host, `Plan ${done}/${host.state.plan.length}`, (width) =>
        renderPlan(host.state.plan, { ...host.look(), width }),
      )
    },
  },
  {
    name: 'context',
    summary: 'what fills the window of the model',
    whileWorking: true,
    run: (_words, host) => (host.session.id === null ? host.notice('warn', NOT_BEGUN) : openContext(host)),
  },
  {
    name: 'ledger',
    summary: 'requirements, constraints and decisions in force',
    whileWorking: true,
    async run(_words, host) {
      if (host.session.id === null) return host.notice('warn', NOT_BEGUN)
      const { context } = await host.session.open('ledger')
      const entries = context.ledger()
      if (entries.length === 0) return host.notice('dim', 'the ledger is empty')
      pane(host, `Ledger: ${count(entries.length, 'entry', 'entries')} in force`, (width) =>
        entries.flatMap((entry) => {
          const head = host.look().paint.dim(`${entry.authority} ${entry.type}: `)
          return wrapTextWithAnsi(head + shown(entry.text), width).map((row, n) =>
            n === 0 ? row : `  ${row}`,
          )
        }),
      )
    },
  },
  {
    name: 'dropped',
    summary: 'what the last rewrite of the context left out; pins it',
    usage: '[EPOCH]',
    whileWorking: true,
    run: dropped,
  },
  {
    name: 'diff',
    summary: 'what changed in the workspace since the last commit',
    whileWorking: true,
    run: (_words, host) => diff(host),
  },
  {
    name: 'cost',
    summary: 'tokens, cache hits and money',
    whileWorking: true,
    run: (_words, host) => cost(host),
  },
  {
    name: 'compact',
    summary: 'rewrite the context now; what leaves it can be recalled',
    whileWorking: true,
    async run(_words, host) {
      if (host.session.id === null) return host.notice('warn', NOT_BEGUN)
      const session = await host.session.open('compact')
      session.compact()
      if (host.session.running) host.notice('dim', 'the context is rewritten after this step')
    },
  },
]
