import * as fc from 'fast-check'

/** One call of a step: what it does, and how its result arrives. */
export interface CallAction {
  tool: 'read' | 'write' | 'edit' | 'exec' | 'check'
  file: number
  /** Size of the output in characters. */
  size: number
  ok: boolean
  arrives: 'in time' | 'never' | 'late' | 'twice'
  image: boolean
}

/** One thing that happens in a session. */
export type SessionAction =
  | { kind: 'user'; text: string; image: boolean }
  | { kind: 'step'; say: string; calls: CallAction[]; sameId: boolean }
  | { kind: 'epoch' }
  | { kind: 'harness' | 'process' | 'note' | 'plan' | 'instructions' | 'unknown'; n: number }
  | { kind: 'external edit'; file: number }
  | { kind: 'wait'; minutes: number }
  | { kind: 'resume' }
  | { kind: 'overflow' }

const call: fc.Arbitrary<CallAction> = fc.record({
  tool: fc.constantFrom('read', 'write', 'edit', 'exec', 'check'),
  file: fc.nat(5),
  size: fc.oneof(
    { weight: 12, arbitrary: fc.nat(400) },
    { weight: 2, arbitrary: fc.nat(4_000) },
    { weight: 1, arbitrary: fc.nat(20_000) },
  ),
  ok: fc.boolean(),
  arrives: fc.constantFrom('in time', 'in time', 'in time', 'in time', 'never', 'late', 'twice'),
  image: fc.boolean().map((yes) => yes),
})

const step = fc.record({
  kind: fc.constant('step'),
  say: fc.oneof(fc.constant(''), fc.string({ maxLength: 60 }), fc.constant('I will look at src/a.ts next.')),
  calls: fc.array(call, { maxLength: 4 }),
  sameId: fc.nat(20).map((n) => n === 0),
})

const user = fc.record({
  kind: fc.constant('user'),
  text: fc.oneof(
    { weight: 6, arbitrary: fc.string({ maxLength: 80 }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom('Never touch vendor/.', 'Use port 4187.', 'Use port 4188 instead.', 'go on'),
    },
    { weight: 1, arbitrary: fc.nat(40_000).map((n) => 'paste '.repeat(n / 6)) },
  ),
  image: fc.nat(6).map((n) => n === 0),
})

/** Any of them: requests, steps with parallel calls, losses, late results, epochs forced at every possible place. */
const action: fc.Arbitrary<SessionAction> = fc.oneof(
  { weight: 10, arbitrary: step },
  { weight: 3, arbitrary: user },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('epoch') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('harness', 'process', 'note', 'plan', 'instructions', 'unknown'),
      n: fc.nat(4),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('external edit'), file: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), minutes: fc.nat(90) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('overflow') }) },
)

/**
 * Mostly short ones: what is looked for is an unlucky order of a few things, and many short sessions have more of
 * them in a minute than few long ones.
 */
export const sessionActions: fc.Arbitrary<SessionAction[]> = fc.oneof(
  { weight: 7, arbitrary: fc.array(action, { minLength: 1, maxLength: 9, size: 'max' }) },
  { weight: 2, arbitrary: fc.array(action, { minLength: 4, maxLength: 24, size: 'max' }) },
)
