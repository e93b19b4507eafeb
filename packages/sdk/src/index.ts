export type { CairnContext, CairnRewound, CairnTurnEnd } from '@cairn/server/acp/extension'
export type { ContentBlock, McpServer, SessionUpdate } from '@agentclientprotocol/sdk'
export type { Answer, Answerer, Question } from './question.ts'
export { CairnError } from './sdk-error.ts'
export type { CairnSession, CairnSessionEvent, Turn } from './session.ts'
export {
  startCairn,
  type Cairn,
  type CairnOptions,
  type SessionListing,
  type SessionOptions,
} from './start-cairn.ts'
