import { scriptedServer, type Script } from '@cairn/models/testing'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { CairnOptions } from '../start-cairn.ts'

/** The built command of this checkout. */
const CAIRN = resolve(import.meta.dirname, '../../../../node_modules/.bin/cairn')

/** A workspace, an empty data folder, a scripted model, and options that lead to them. */
export interface SdkRig extends AsyncDisposable {
  readonly cwd: string
  readonly options: CairnOptions
}

export async function sdkRig(script: Script, files: Record<string, string>): Promise<SdkRig> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-sdk-')))
  const cwd = join(folder, 'work')
  mkdirSync(cwd)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  const server = await scriptedServer(script)
  const model = [
    '--model',
    'openai-compatible/scripted',
    '--base-url',
    server.baseUrl('chat'),
    '--wire',
    'chat',
  ]
  return {
    cwd,
    options: {
      command: CAIRN,
      args: model,
      env: { PATH: process.env['PATH'], HOME: folder, CAIRN_DATA_DIR: join(folder, 'data') },
    },
    async [Symbol.asyncDispose]() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
