import * as fc from 'fast-check'

/** What one case must fulfil, by the name of the invariant. Throws where it does not. */
export type Checks<T> = { readonly [name: string]: (value: T) => void }

class Broken extends Error {
  readonly invariant: string

  constructor(invariant: string, cause: unknown) {
    super(`${invariant}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.invariant = invariant
  }
}

/**
 * Many properties of the same generated cases. Making a case costs more than looking at it, so each is made once, by
 * `make`, and all checks look at it. The run is done when the first result is asked for and stops at the first case
 * that breaks anything; then the test of that invariant fails with the shrunk case, and the others, which were not run
 * to their end, fail by naming it.
 */
export function checkTogether<A, T>(
  arbitrary: fc.Arbitrary<A>,
  make: (input: A) => T,
  checks: Checks<T>,
  parameters: fc.Parameters<[A]>,
): (name: string) => void {
  let details: { text: string; invariant: string | null } | undefined
  const run = () => {
    const property = fc.property(arbitrary, (input) => {
      const value = make(input)
      for (const [name, check] of Object.entries(checks)) {
        try {
          check(value)
        } catch (error) {
          throw new Broken(name, error)
        }
      }
    })
    const result = fc.check(property, parameters)
    if (!result.failed) return { text: '', invariant: null }
    const error = result.errorInstance
    return {
      text: `${error instanceof Error ? error.message : ''}\n${fc.defaultReportMessage(result) ?? 'failed'}`,
      invariant: error instanceof Broken ? error.invariant : 'making a case',
    }
  }
  return (name) => {
    details ??= run()
    if (details.invariant === null) return
    if (details.invariant === name) throw new Error(details.text)
    throw new Error(`Not run to the end, because this broke: ${details.invariant}\n${details.text}`)
  }
}
