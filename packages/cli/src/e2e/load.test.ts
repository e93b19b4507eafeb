import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { cliRig, exec } from './testing/cli-rig.ts'

/** The issue asks for 300; fewer show the same in the ordinary run. */
const ECHOES = Number(process.env['CAIRN_ECHOES'] ?? 20)

test(
  'no output is lost while ten other processes want the processor',
  async () => {
    await using rig = await cliRig(({ index }) =>
      index < ECHOES
        ? { calls: [exec(`echo word-${index}-${index * 7919}; echo to-err-${index} >&2`)] }
        : { text: 'end' },
    )
    const busy = Array.from({ length: 10 }, () =>
      spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
    )
    try {
      const run = await rig.run('go', ['--context-window', '400000'])
      expect([run.code, run.last?.status]).toEqual([0, 'answered'])
      const outputs = run.events.filter((event) => event.type === 'tool.done').map((event) => event.output)
      expect(outputs).toHaveLength(ECHOES)
      for (const [n, output] of outputs.entries()) {
        // Under this load a command may take so long that its header says how long.
        const [head = '', ...rest] = String(output).split('\n')
        expect(head).toMatch(/^\[exit 0(, [\d.]+ s)?\]$/)
        expect(rest.toSorted()).toEqual([`to-err-${n}`, `word-${n}-${n * 7919}`])
      }
    } finally {
      for (const child of busy) {
        child.kill('SIGKILL')
        await once(child, 'close')
      }
    }
  },
  60_000 + ECHOES * 5_000,
)
