/** One unit that a scripted agent works on in several steps, each of which builds on the files that those before have made. */
import { scriptedServer, type Script } from '@cairn/models/testing'
import { campaignRig, type CampaignRig } from './campaign-rig.ts'

export const FILES = {
  'a.js': 'old(1)\n',
  'gone.txt': 'to be removed\n',
  'tool.sh': 'echo tool\n',
  '.gitignore': 'build/\n*.log\n',
}
export const DEFINITION = `
goal: call next instead of old
constraints: ['Never touch the file LICENSE.']
units: { glob: '*.js' }
recipe: agent
check: { unit: 'grep -q next {file}' }
`
/** One after the other; each is worth nothing without those before it. */
const COMMANDS = [
  "sed -i s/old/next/ a.js; rm gone.txt; chmod +x tool.sh; ln -s a.js link.js; printf '\\000\\001\\377' > raw.bin; mkdir -p new/deep; echo one > 'new/deep/ä b.txt'; echo x > kept.log; git add -f kept.log",
  'test -x tool.sh && test -L link.js && test ! -e gone.txt && cat "new/deep/ä b.txt" raw.bin > two.bin; git status --porcelain > status.txt',
  'test -s two.bin && git status --porcelain >> status.txt; echo three > three.txt',
]
const DECISION = { type: 'decision', text: 'The new name is next.', paths: ['a.js'] }

const call = (tool: string, args: object) => ({ tool, args: JSON.stringify(args) })
export const resultsIn = (body: { [key: string]: unknown }): number => {
  const { messages } = body
  return Array.isArray(messages) ? messages.filter(({ role }) => role === 'tool').length : 0
}

/** `hold`: awaited before the answer behind so many results. */
export const script =
  (hold: (results: number) => Promise<void>): Script =>
  async ({ body }) => {
    const results = resultsIn(body)
    await hold(results)
    if (results === 0) return { calls: [call('note', DECISION)] }
    const command = COMMANDS[results - 1]
    if (command !== undefined) return { calls: [call('exec', { command })] }
    return results === COMMANDS.length + 1
      ? { calls: [call('finish', { summary: 'finished-it', claims: [] })] }
      : { text: 'finished' }
  }
export const FREE = async () => undefined

interface Gate {
  hold: (results: number) => Promise<void>
  /** Resolves when a request waits. */
  reached: Promise<void>
  open(): void
}

/** Holds back every answer behind so many results until it is opened. */
export function gateAt(results: number): Gate {
  const opened = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  return {
    async hold(found) {
      if (found !== results) return
      reached.resolve()
      await opened.promise
    },
    reached: reached.promise,
    open: () => opened.resolve(),
  }
}

export const treeOf = (rig: CampaignRig, branch: string): string => rig.git('rev-parse', `${branch}^{tree}`)

/** The tree of a run that nothing disturbs, and how many requests it takes. */
export async function undisturbed(): Promise<{ tree: string; requests: number }> {
  await using server = await scriptedServer(script(FREE))
  await using rig = campaignRig(FILES, { model: server.baseUrl('chat') })
  const { finished } = await rig.run(DEFINITION, { workers: 1 })
  if (finished.status !== 'done') throw new Error(`the campaign ended as ${finished.status}`)
  return { tree: treeOf(rig, finished.branch), requests: server.requests.length }
}
