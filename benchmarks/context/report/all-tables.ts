import type { Results } from '../measure.ts'
import type { Table } from './table.ts'
import { billTable, channelTable, retentionTable, safetyTable, schedulerTable } from './tables.ts'

const RETENTION_NOTE =
  'Percent of statements that stand in the request after the last forced compaction: worst mean over the summarisers, demands of this size with every number of compactions. `reach`: in the request or brought back by one query, with S0. `S0: all`: everything, with the honest summariser.'

export function allTables(results: Results): Table[] {
  const budgets = [...new Set(results.synthetic.map((run) => run.options.budget))].sort((a, b) => a - b)
  const percent = (budget: number) => `${Math.round(budget * 100)} %`
  const tables = budgets.map((budget) =>
    retentionTable(
      results.synthetic.filter((run) => run.options.budget === budget),
      `Retention, demand ${percent(budget)} of all tokens`,
      RETENTION_NOTE,
    ),
  )
  tables.push(channelTable(results.synthetic, 'Retention by channel'))
  tables.push(safetyTable(results.synthetic, 'Truth and safety, generated sessions'))
  if (results.spliced.length > 0) {
    tables.push(
      retentionTable(
        results.spliced,
        'Retention, plants in recorded sessions',
        `${RETENTION_NOTE} Four forced compactions.`,
      ),
    )
    tables.push(safetyTable(results.spliced, 'Truth and safety, plants in recorded sessions'))
  }
  tables.push(
    billTable(
      results.free,
      results.traces,
      'The bill, without force',
      'Sessions played freely at a window, with S0; every request billed by the cache oracle (read 0.1, write 1.25, output 5, lifetime 5 min by the recorded times). `× optimum`: over the cheapest schedule of a deterministic fold to 18k tokens behind the prefix, the same for all, so below 1 is possible for who folds smaller. `× own optimum`: over the cheapest schedule with the size that this policy has after a rewrite: what its timing loses. `breaks`: requests that did not extend the one before; `unexplained`: of them, those without a rewrite.',
    ),
  )
  if (results.schedule.length > 0) tables.push(schedulerTable(results.schedule))
  return tables
}
