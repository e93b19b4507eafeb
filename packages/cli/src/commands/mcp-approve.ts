import { readPin, toolChanges, writePin, type ListedServer } from '@cairn/agent'
import { escapeForDisplay } from '@cairn/guard'
import type { Invocation } from '../command.ts'

/** Shows what a server says otherwise than when it was accepted, and accepts it. */
export function approveTools({ io }: Invocation, server: ListedServer, pins: string): number {
  const write = (text: string) => io.stdout.write(`${escapeForDisplay(text)}\n`)
  const pin = readPin(pins, server.key)
  if (pin === null || pin === 'damaged') {
    write(`${server.name} was not used yet: what it says about its tools is accepted when it is.`)
    return 0
  }
  if (pin.changed === null) {
    write(`${server.name} says what it said when it was accepted; there is nothing to approve.`)
    return 0
  }
  for (const line of toolChanges(pin.tools, pin.changed)) write(line)
  writePin(pins, server.key, { ...pin, tools: pin.changed, changed: null })
  write(`${server.name}: what it says now is accepted.`)
  return 0
}
