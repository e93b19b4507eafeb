import type { Event } from '@cairn/journal'
import { inheritedText } from '../ledger/inherit-ledger.ts'
import { oneLine } from './shorten.ts'

/** Text that an event adds to the transcript. `state`: the next epoch header says it anyway. */
export interface Delta {
  text: string
  state: boolean
}

/** The block for an event that tells the model something without being a turn or a result; null for all others. */
export function deltaOf(event: Event): Delta | null {
  switch (event.kind) {
    case 'harness.message':
      return { text: `[harness: ${event.body.reason}]\n${event.body.text}`, state: false }
    case 'session.resumed': {
      const { reason, interrupted } = event.body
      const calls = interrupted.length > 0 ? ` Interrupted calls: ${interrupted.join(', ')}.` : ''
      return { text: `[session resumed: ${reason}.${calls}]`, state: false }
    }
    case 'process.ended': {
      const { id, exit, signal } = event.body
      const how = signal === null ? `exit code ${exit ?? 'unknown'}` : `signal ${signal}`
      return { text: `[process ${id} has ended: ${how}]`, state: false }
    }
    case 'plan.updated':
      return { text: planText(event.body.items), state: true }
    case 'note.written': {
      const { id, type, text } = event.body
      return { text: `[noted ${id}, ${type}: ${oneLine(text, 300)}]`, state: true }
    }
    case 'ledger.inherited':
      return event.body.entries.length === 0 ? null : { text: inheritedText(event), state: true }
    case 'narrative.received':
      return event.body.kept.trim() === '' ? null : { text: narrativeText(event), state: true }
    default:
      return null
  }
}

const MARK = { pending: ' ', active: '>', done: 'x', dropped: '-' } as const

function planText(items: Event<'plan.updated'>['body']['items']): string {
  const done = items.filter((item) => item.status === 'done').length
  const active = items.filter((item) => item.status === 'active')
  const now = active.map((item) => `\n[${MARK[item.status]}] ${oneLine(item.text, 160)}`).join('')
  return `[plan: ${done} of ${items.length} done]${now}`
}

function narrativeText(event: Event<'narrative.received'>): string {
  return `[account of the work before event ${event.body.basis}, written by the model; it binds nobody and the record above wins]\n${event.body.kept}`
}
