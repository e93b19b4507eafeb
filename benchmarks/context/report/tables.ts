import { billRatio } from '../bill/bill-ratio.ts'
import type { ScheduleRow } from '../bill/schedule-table.ts'
import type { Measurement } from '../evaluate.ts'
import type { Channel } from '../trace/plant.ts'
import type { Trace } from '../trace/trace.ts'
import { GROUPS, ratio, shareOf, total, variance, worstOverSummarisers } from './aggregate.ts'
import { percent, type Table, thousands, times } from './table.ts'

function byPolicy(runs: readonly Measurement[]): [string, Measurement[]][] {
  return [...Map.groupBy(runs, (run) => run.policy)]
}

const present = (score: Measurement['plants'][number]) => Number(score.present)

export function retentionTable(runs: readonly Measurement[], title: string, note: string): Table {
  return {
    title,
    note,
    columns: ['policy', ...GROUPS.map((group) => group.name), 'reach', 'S0: all'],
    rows: byPolicy(runs).map(([policy, own]) => [
      policy,
      ...GROUPS.map((group) =>
        percent(worstOverSummarisers(own, (some) => shareOf(some, group.test, present)).worst),
      ),
      percent(
        worstOverSummarisers(
          own.filter((run) => run.summariser === 'S0'),
          (some) =>
            shareOf(
              some,
              () => true,
              (score) => score.reach,
            ),
        ).honest,
      ),
      percent(worstOverSummarisers(own, (some) => shareOf(some, () => true, present)).honest),
    ]),
  }
}

const CHANNELS: readonly Channel[] = [
  'user-start',
  'user-middle',
  'user-end',
  'paste',
  'agents',
  'agents-nested',
  'assistant',
  'reasoning',
  'args',
  'subagent',
  'note',
  'write',
  'check',
  'exec',
  'tool',
  'comment',
  'plan',
  'process',
]

export function channelTable(runs: readonly Measurement[], title: string): Table {
  return {
    title,
    note: 'The same runs by the way the statement entered the session.',
    columns: ['policy', ...CHANNELS],
    rows: byPolicy(runs).map(([policy, own]) => [
      policy,
      ...CHANNELS.map((channel) =>
        percent(
          worstOverSummarisers(own, (some) => shareOf(some, (plant) => plant.channel === channel, present))
            .worst,
        ),
      ),
    ]),
  }
}

export function safetyTable(runs: readonly Measurement[], title: string): Table {
  return {
    title,
    note: 'Counts are sums over all runs of the row (runs in brackets); shares are over everything shown.',
    columns: [
      'policy (runs)',
      'rules pinned %',
      'current %',
      'resurrected',
      'fabricated',
      'flipped',
      'authority',
      'quotes',
      'secrets',
      'stale %',
      'stale facts',
      'edits ok %',
      'refused',
      'over demand',
      'worst',
      'S-variance %',
    ],
    rows: byPolicy(runs).map(([policy, own]) => {
      const sum = (of: (run: Measurement) => number) => String(total(own, of))
      return [
        `${policy} (${own.length})`,
        percent(
          worstOverSummarisers(own, (some) =>
            shareOf(some, GROUPS[0]?.test ?? (() => false), (score) => Number(score.pinned)),
          ).worst,
        ),
        percent(
          ratio(
            total(own, (run) => run.supersession.correct),
            total(own, (run) => run.supersession.chains),
          ),
        ),
        sum((run) => run.supersession.resurrected),
        sum((run) => run.safety.fabricated),
        sum((run) => run.safety.flipped),
        sum((run) => run.safety.authorityLeaks),
        sum((run) => run.safety.quoteLeaks),
        sum((run) => run.safety.secrets),
        percent(
          ratio(
            total(own, (run) => run.staleness.stale),
            total(own, (run) => run.staleness.shown),
          ),
        ),
        sum((run) => run.staleness.staleFacts),
        percent(
          ratio(
            total(own, (run) => run.staleness.applicable),
            total(own, (run) => run.staleness.editable),
          ),
        ),
        sum((run) => run.violations),
        sum((run) => run.over),
        times(Math.max(...own.map((run) => run.worstOver))),
        percent(variance(own)),
      ]
    }),
  }
}

export function billTable(
  runs: readonly Measurement[],
  traces: ReadonlyMap<string, Trace>,
  title: string,
  note: string,
): Table {
  return {
    title,
    note,
    columns: [
      'session · window · policy',
      'bill',
      '× optimum',
      '× own optimum',
      'hit %',
      'epochs',
      'breaks',
      'unexplained',
      'peak',
      'over window',
      'after',
      'user rules %',
      'all %',
      'stale %',
      'refused',
    ],
    rows: runs.flatMap((run) => {
      const trace = traces.get(run.trace)
      const { bill } = run
      if (trace === undefined || bill === null) return []
      const to = billRatio(run, trace)
      const after =
        bill.after.length === 0
          ? null
          : total([run], () => bill.after.reduce((sum, n) => sum + n, 0) / bill.after.length)
      return [
        [
          `${run.trace} · ${thousands(run.options.window)} · ${run.policy}`,
          thousands(bill.total),
          times(to?.common ?? null),
          times(to?.own ?? null),
          percent(ratio(bill.cached, bill.tokens)),
          String(bill.epochs),
          String(bill.breaks),
          String(bill.unexplained),
          thousands(bill.peak),
          bill.peak > run.options.window ? 'yes' : 'no',
          after === null ? '–' : thousands(after),
          percent(shareOf([run], GROUPS[0]?.test ?? (() => false), present)),
          percent(shareOf([run], () => true, present)),
          percent(ratio(run.staleness.stale, run.staleness.shown)),
          String(run.violations),
        ],
      ]
    }),
  }
}

export function schedulerTable(rows: readonly ScheduleRow[]): Table {
  const names = Object.keys(rows[0]?.ratios ?? {})
  return {
    title: 'When to compact',
    note: 'The schedule alone, on recorded sessions played twice: sizes and prices are the same for every rule (P 18k, S 41k, summary 3k tokens, read 0.1, write 1.25, output 5, cap 190k). Bill over the cheapest schedule in hindsight; target of cairn ≤ 1.05. `agreement` is the optimum that the engine computes over the one of this benchmark: the engine leaves out what a summary call reads beyond S and starts its first epoch at S.',
    columns: ['session · kind of compaction', 'calls', 'optimum', ...names, 'agreement'],
    rows: rows.map((row) => [
      `${row.trace} · ${row.kind}`,
      String(row.calls),
      thousands(row.optimum),
      ...names.map((name) => times(row.ratios[name] ?? null)),
      times(row.agreement),
    ]),
  }
}
