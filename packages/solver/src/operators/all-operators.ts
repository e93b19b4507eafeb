import { binaryOperators, unaryAndAssignment } from './operators.ts'
import { boundaries, ranges } from './boundaries.ts'
import { argumentLists, chains, coercions, methods, waiting } from './calls.ts'
import { branches, conditions } from './conditions.ts'
import { numbers, patterns, plainValues, strings } from './constants.ts'
import { derivedValues, namedSteps } from './derived-values.ts'
import { absence, earlyReturns, parameterDefaults, statementGuards } from './guards.ts'
import type { Operator } from './mutation.ts'
import { bindingOrder, elements, properties, variables, variablesForProperties } from './names.ts'
import {
  builtPatterns,
  composition,
  dateParts,
  keys,
  ownKeys,
  recency,
  sharedFill,
  walks,
  wholeLists,
} from './keys.ts'
import { certainEnds, keptFailures, runningTimers } from './lifetimes.ts'
import { copies, literals, modifiers } from './objects.ts'
import { aliases, delegation, unpaired, walkedCopies } from './pairs.ts'
import { donors, lostResults, returns, staleState, statementOrder } from './statements.ts'

/** Every kind of change that the engine knows. The order does not matter: priors decide. */
export const allOperators: readonly Operator[] = [
  binaryOperators,
  unaryAndAssignment,
  boundaries,
  ranges,
  numbers,
  strings,
  plainValues,
  patterns,
  variables,
  variablesForProperties,
  derivedValues,
  namedSteps,
  properties,
  elements,
  bindingOrder,
  methods,
  argumentLists,
  chains,
  waiting,
  coercions,
  conditions,
  branches,
  absence,
  parameterDefaults,
  earlyReturns,
  statementGuards,
  returns,
  statementOrder,
  staleState,
  donors,
  lostResults,
  literals,
  copies,
  modifiers,
  aliases,
  delegation,
  unpaired,
  walkedCopies,
  keptFailures,
  certainEnds,
  runningTimers,
  keys,
  sharedFill,
  wholeLists,
  walks,
  builtPatterns,
  dateParts,
  recency,
  composition,
  ownKeys,
]
