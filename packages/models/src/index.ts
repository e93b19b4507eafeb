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
export { createModel, type ModelDeps } from './create-model.ts'
export { ModelError, type ModelErrorCode } from './model-error.ts'
export { type ModelRef, parseModelRef } from './model-ref.ts'
