import type { Event } from '@cairn/journal'
import { hasSecret } from '../ledger/redact-secrets.ts'

const ORIGINS = ['user', 'harness', 'repository', 'agent', 'tool', 'web'] as const
const SENSITIVITY = ['public', 'private', 'secret'] as const
const WEB = /(?:^|[_.-])(?:web|fetch|browse|browser|http|url|search_web)(?:$|[_.-])|^webfetch$|^websearch$/i

/** Where text comes from and how far it may travel. Joins only ever grow (I12). */
export interface Labels {
  /** In a fixed order, without duplicates. */
  origins: (typeof ORIGINS)[number][]
  sensitivity: (typeof SENSITIVITY)[number]
}

export const NO_LABELS: Labels = { origins: [], sensitivity: 'public' }

/** Least label that is at least as strong as both: commutative, associative, idempotent; `NO_LABELS` is neutral. */
export function joinLabels(a: Labels, b: Labels): Labels {
  return {
    origins: ORIGINS.filter((origin) => a.origins.includes(origin) || b.origins.includes(origin)),
    sensitivity:
      SENSITIVITY[Math.max(SENSITIVITY.indexOf(a.sensitivity), SENSITIVITY.indexOf(b.sensitivity))] ??
      'secret',
  }
}

const ORIGIN_OF = {
  system: 'harness',
  policy: 'harness',
  user: 'user',
  repository: 'repository',
  agent: 'agent',
} as const

/** Labels of what one event brought into the context. Whatever is not the harness's own is at least private. */
export function labelsOf(event: Event): Labels {
  switch (event.kind) {
    case 'user.message':
      return labels(event.body.by ?? 'user', event.body.text)
    case 'ledger.inherited':
      return event.body.entries.reduce(
        (all, entry) => joinLabels(all, labels(ORIGIN_OF[entry.authority], entry.text)),
        NO_LABELS,
      )
    case 'instructions.loaded':
      return labels('repository', event.body.files.map((file) => file.text).join('\n'))
    case 'model.answered':
      return labels(
        'agent',
        event.body.parts.map((part) => (part.type === 'call' ? part.args : part.text)).join('\n'),
      )
    case 'note.written':
      return labels('agent', event.body.text)
    case 'tool.done':
      return labels(WEB.test(event.body.tool) ? 'web' : 'tool', event.body.output)
    case 'check.finished':
      return labels('tool', event.body.failures.map((failure) => failure.message).join('\n'))
    case 'harness.message':
      return { origins: ['harness'], sensitivity: 'public' }
    case 'narrative.received':
      return labels('agent', event.body.kept)
    default:
      return NO_LABELS
  }
}

function labels(origin: Labels['origins'][number], text: string): Labels {
  return { origins: [origin], sensitivity: hasSecret(text) ? 'secret' : 'private' }
}
