import { approveEntry, readPin, toolChanges, writePin } from '@cairn/agent'
import { escapeForDisplay } from '@cairn/guard'
import { localIdentity } from '../approval-setup.ts'
import type { Invocation } from '../command.ts'
import { UsageError } from '../usage-error.ts'
import { shownServer } from './mcp-get.ts'
import { findPlace, serverNamed } from './mcp-servers.ts'

/** Approves a server that another agent was given, or what a server says otherwise than when it was accepted. Shows it first. */
export async function approveServer(invocation: Invocation, name: string | undefined): Promise<number> {
  const write = (text: string) => invocation.io.stdout.write(`${escapeForDisplay(text)}\n`)
  const { servers, pins, home } = await findPlace(invocation)
  const found = serverNamed(servers, name)
  const { listed, entry } = found
  if (listed.state === 'inactive' && entry === null)
    throw new UsageError(
      `${listed.name} stands in ${listed.from}, which nobody approved as it is`,
      `See \`cairn trust show ${listed.from}\`, then \`cairn trust approve ${listed.from}\`.`,
    )
  if (listed.state === 'inactive' && entry !== null) {
    for (const line of shownServer(found)) write(line)
    approveEntry(home, entry, localIdentity(), Date.now())
    write(`${listed.name} of ${listed.from} is trusted as it is now, and used from the next session on.`)
  }
  const pin = readPin(pins, found.key)
  if (pin === null || pin === 'damaged') {
    write(`${listed.name} was not used yet: what it says about its tools is accepted when it is.`)
    return 0
  }
  if (pin.changed === null) {
    write(`${listed.name} says what it said when it was accepted.`)
    return 0
  }
  for (const line of toolChanges(pin.tools, pin.changed)) write(line)
  writePin(pins, found.key, { ...pin, tools: pin.changed, changed: null })
  write(`${listed.name}: what it says now is accepted.`)
  return 0
}
