import type { Invocation } from '../command.ts'
import { createHumanPrinter } from '../output/human-printer.ts'
import { jsonLine } from '../output/json-printer.ts'
import { createLiveLine } from '../output/live-line.ts'
import { createPaint } from '../output/paint.ts'
import { openSessions } from '@cairn/server'

export async function run({ values, positionals, io }: Invocation): Promise<number> {
  const sessions = openSessions(io.env)
  const session = sessions.need(positionals[0] ?? null, io.cwd())
  const store = sessions.open(session.id)
  try {
    let time = session.startedAt
    const paint = createPaint(io.stdout, io.env)
    const printer = createHumanPrinter({
      write: (text) => io.stdout.write(text),
      paint,
      live: createLiveLine({ write: () => undefined }, io.env, paint),
      tellsEnd: true,
      columns: io.stdout.columns ?? 100,
      verbose: values['verbose'] === true,
      now: () => time,
      contextShare: () => null,
    })
    for (const event of store.read()) {
      time = event.time
      if (values['json'] === true) io.stdout.write(jsonLine(session.id, event))
      else printer.event(event)
    }
  } finally {
    store.close()
  }
  return 0
}
