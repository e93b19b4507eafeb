/** One thing that a session needs, and how it is here. */
export interface Finding {
  name: string
  state: 'ok' | 'limited' | 'missing'
  detail: string
  /** What to do where it is not ok. */
  todo: string | null
  /** What it consists of, one a line. */
  lines?: string[]
}

export const ok = (name: string, detail: string): Finding => ({ name, state: 'ok', detail, todo: null })

export const problem = (
  name: string,
  state: 'limited' | 'missing',
  detail: string,
  todo: string,
): Finding => ({ name, state, detail, todo })
