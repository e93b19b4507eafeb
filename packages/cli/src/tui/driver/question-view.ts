import { matchesKey } from '@earendil-works/pi-tui'
import type { Look } from '../render/render-block.ts'
import { renderQuestion } from '../render/render-question.ts'
import type { Question } from '@cairn/server'
import { shown } from '../render/shown.ts'

/** Keys typed before somebody can have read the question were meant for something else, in ms. */
const READING_MS = 500

/** The dialog of the question that waits first. */
export interface QuestionView {
  render(question: Question, rows: number, look: Look): string[]
  /** Takes every key while a question is open. */
  key(question: Question, data: string): void
}

/**
 * Nothing is granted by a letter, which could belong to a message that was being typed: a line is chosen with the arrow
 * keys, the first one denies, and nothing can be granted before the last row of the action was on the screen.
 */
export function createQuestionView(now: () => number): QuestionView {
  let current: Question | null = null
  let since = 0
  let top = 0
  let most = 0
  let seen = false
  let selected = 0
  const begin = (question: Question) => {
    if (current === question) return
    current = question
    since = now()
    top = 0
    selected = 0
    seen = false
  }
  const choices = (question: Question) => [
    { label: 'Deny', act: () => question.deny() },
    { label: 'Allow once', act: () => question.grant('once') },
    ...(question.record.scopes.includes('session')
      ? [
          {
            label: 'Allow exactly this again until the session is closed',
            act: () => question.grant('session'),
          },
        ]
      : []),
  ]
  return {
    render(question, rows, look) {
      begin(question)
      const { paint, width } = look
      const body = renderQuestion(question.record, width - 2, paint)
      const lines = choices(question)
      const room = Math.max(3, rows - lines.length - 4)
      most = Math.max(0, body.length - room)
      top = Math.min(top, most)
      if (top === most) seen = true
      const rest = body.length - top - room
      const keys = seen
        ? '↑↓ choose · Enter · Esc denies'
        : `↓ shows the other ${rest} rows; nothing can be allowed before · Esc denies`
      return [
        paint.yellow('─'.repeat(width)),
        `${paint.bold(`Allow ${shown(question.record.action.tool)}?`)}${most > 0 ? paint.dim(` rows ${top + 1}–${Math.min(body.length, top + room)} of ${body.length}`) : ''}`,
        ...body.slice(top, top + room),
        ...lines.map(({ label }, at) => {
          const text = `${at === selected ? '›' : ' '} ${label}`
          if (at > 0 && !seen) return paint.dim(text)
          return at === selected ? paint.cyan(text) : text
        }),
        paint.dim(keys),
      ]
    },
    key(question, data) {
      begin(question)
      if (matchesKey(data, 'escape') || matchesKey(data, 'ctrl+c')) return question.deny()
      if (now() - since < READING_MS) return
      const lines = choices(question)
      if (matchesKey(data, 'pageDown')) top = Math.min(most, top + 10)
      else if (matchesKey(data, 'pageUp')) top = Math.max(0, top - 10)
      else if (matchesKey(data, 'down')) {
        if (top < most) top += 1
        else selected = Math.min(lines.length - 1, selected + 1)
      } else if (matchesKey(data, 'up')) {
        if (selected > 0) selected -= 1
        else top = Math.max(0, top - 1)
      } else if (matchesKey(data, 'enter')) lines[selected]?.act()
    },
  }
}
