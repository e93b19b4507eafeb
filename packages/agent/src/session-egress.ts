import { createEgress, secretValues, type Egress, type PolicyLayer, type Redactor } from '@cairn/guard'
import type { EventBodies } from '@cairn/journal'

/**
 * The way out for commands of a session, where the policy allows or asks for hosts; each attempt is handed to `record`
 * without the secrets that a command may have put into it.
 */
export function sessionEgress(options: {
  layers: readonly PolicyLayer[]
  secrets: readonly string[]
  env: NodeJS.ProcessEnv
  now: () => number
  redactor: Redactor
  record: (attempt: EventBodies['egress.attempted']) => void
}): Egress | null {
  const { layers, secrets, env, now, redactor, record } = options
  const clean = (text: string) => redactor.redact(text).text
  return createEgress({
    layers,
    secrets: [...secrets, ...secretValues(env)],
    now,
    onEvent: ({ time: _time, ...attempt }) =>
      record({
        ...attempt,
        host: clean(attempt.host),
        reason: clean(attempt.reason),
        path: attempt.path === null ? null : clean(attempt.path),
      }),
  })
}
