import type { Json } from '@cairn/journal'
import type { PendingCall } from './ledger-state.ts'

const COMMAND_ARGUMENTS = ['command', 'cmd', 'script', 'shell']

/** A call with its arguments read; `field` is where they stand in the event. Null for arguments that are no JSON. */
export function pendingCall(
  tool: string,
  args: Json | string,
  seq: number,
  field: string,
  readOnly: boolean,
): PendingCall | null {
  let value: Json
  try {
    value = typeof args === 'string' ? JSON.parse(args) : args
  } catch {
    return null
  }
  return { tool, args: value, seq, field, command: commandOf(value, field), readOnly }
}

function commandOf(args: Json, field: string): PendingCall['command'] {
  if (args === null || typeof args !== 'object' || Array.isArray(args)) return null
  for (const name of COMMAND_ARGUMENTS) {
    const value = args[name]
    if (typeof value === 'string' && value.trim() !== '') return { text: value, field: `${field}.${name}` }
  }
  return null
}
