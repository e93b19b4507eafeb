export type Action = 'read' | 'write' | 'delete' | 'share'

export interface User {
  name: string
  groups: string[]
  suspended?: boolean
}

export interface Rule {
  /** Who the rule is for: names of groups, or `*` for everybody. */
  groups: string[]
  actions: Action[]
  effect: 'allow' | 'deny'
  /** Path prefix, such as `/reports/`. */
  path: string
}
