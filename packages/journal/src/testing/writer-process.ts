// A real process that writes a journal: node writer-process.ts PATH SESSION TASK. Prints one JSON line for each step.
import { writeSync } from 'node:fs'
import { JournalError } from '../journal-error.ts'
import { loadOrCreateKey } from '../key-file.ts'
import { openStore } from '../open-store.ts'
import { dirname } from 'node:path'

const [path = '', sessionId = '', task = ''] = process.argv.slice(2)
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`)

try {
  const key = loadOrCreateKey(dirname(path))
  const store = openStore(path, { sessionId, mode: 'writer', now: Date.now, key })
  say({ fence: store.fence })
  if (task === 'hold') {
    setInterval(() => {}, 1000)
  } else if (task === 'leave') {
    store.append([{ time: 1, turn: 1, step: 0, kind: 'user.message', body: { text: String(process.pid) } }])
    store.close()
  } else {
    for (let round = 0; ; round++) {
      const blob = store.putBlob(Buffer.from(`${process.pid} ${round} `.repeat(500)))
      const events = Array.from({ length: 1 + (round % 3) }, (_, i) => ({
        time: Date.now(),
        turn: 1,
        step: round,
        kind: 'user.message' as const,
        body: { text: `${i} `.repeat(100), attachments: [{ ...blob, mime: 'text/plain' }] },
      }))
      say({ acknowledged: store.append(events).at(-1)?.seq ?? 0 })
    }
  }
} catch (error) {
  if (!JournalError.isInstance(error)) throw error
  say({ code: error.code, hint: error.hint })
}
