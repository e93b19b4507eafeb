export type CampaignErrorCode =
  | 'bad-campaign'
  | 'no-campaign'
  | 'bad-repository'
  | 'campaign-running'
  | 'lease-lost'
  | 'fleet'
  | 'git'
  | 'killed'

/** What keeps a campaign from being read, started or continued. `hint` says what to do. */
export class CampaignError extends Error {
  override readonly name = 'CampaignError'
  readonly code: CampaignErrorCode
  readonly hint: string
  constructor(code: CampaignErrorCode, message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
  static isInstance(error: unknown): error is CampaignError {
    return error instanceof CampaignError
  }
}
