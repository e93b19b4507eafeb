import type { Machine } from './machine.ts'
import { join, ofRef, unknown, type Value } from './value.ts'

/** An error that nobody expected: what it says about the inside must not be answered with. */
export const errorValue = (machine: Machine, file: string, at: number): Value =>
  join(ofRef('error'), machine.models.sourceTaint('error', file, at) ?? unknown)
