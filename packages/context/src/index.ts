export type * from './context.ts'
export { createContext, readSaved, type ContextEngine, type SavedContext } from './engine.ts'
export { ContextError, type ContextErrorCode } from './errors.ts'
export * from './ledger/entry.ts'
export { inheritLedger, inScope, type WorkScope } from './ledger/inherit-ledger.ts'
export { adoptReport, type Adoption, type SubAgentReport } from './ledger/adopt-report.ts'
export { boundView } from './ingest/bound-view.ts'
export { DEFAULT_PRICES, priceVector, type PriceVector } from './schedule/prices.ts'
export {
  createScheduler,
  switchCost,
  type Scheduler,
  type SchedulerParams,
  type SchedulerStep,
} from './schedule/scheduler.ts'
export { offlineOptimum, simulateBill, type Bill, type Trace } from './schedule/offline-optimum.ts'
export type { EpochReport, Recipe, ShownFile } from './project/recipe.ts'
export { why, type Why, type WhyPorts } from './inspect/why.ts'
export { diffEpoch, type EpochDiff } from './inspect/diff-epoch.ts'
export { checkContext, type CheckReport, type Finding } from './inspect/check-context.ts'
export { contextCost, type CacheBreak, type ContextCost } from './inspect/context-cost.ts'
export { createIncrementalValidator } from './validate/incremental-validator.ts'
export { validateEverywhere, validateItems, VALIDATORS } from './validate/validators.ts'
export { validateWire, type WireOptions } from './validate/validate-wire.ts'
export { WIRES, type Violation, type Wire } from './validate/violation.ts'
export { documentsOf } from './recall/documents.ts'
