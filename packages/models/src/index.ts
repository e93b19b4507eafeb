export type {
  AssistantItemPart,
  Item,
  Model,
  ModelEvent,
  ModelInfo,
  ModelRequest,
  ModelUsage,
  Prices,
  ToolDeclaration,
  UserPart,
} from './model.ts'
export type { Wire } from './codec/codec.ts'
export { type Catalogue, findModel } from './catalogue.ts'
export { listCatalogue } from './list-catalogue.ts'
export { costUsd } from './cost-usd.ts'
export { createModel, type ModelDeps } from './create-model.ts'
export { ModelError, type ModelErrorCode } from './model-error.ts'
export { type ModelRef, parseModelRef } from './model-ref.ts'
export { detectLocal, type LocalServer } from './detect-local.ts'
export { PROVIDERS, type Provider } from './providers.ts'
export { recordModel } from './replay/record-model.ts'
export { replayModel } from './replay/replay-model.ts'
