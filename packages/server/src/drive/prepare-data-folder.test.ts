import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { prepareDataFolder } from './prepare-data-folder.ts'

test('the folder is made with its parents, for its owner alone; what cannot be made is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-data-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  prepareDataFolder(join(folder, 'a/b'))
  prepareDataFolder(join(folder, 'a/b'))
  expect(statSync(join(folder, 'a/b')).mode & 0o777).toBe(0o700)
  writeFileSync(join(folder, 'file'), '')
  expect(() => prepareDataFolder(join(folder, 'file/data'))).toThrow(
    `the data folder ${folder}/file/data cannot be used`,
  )
  expect(() => prepareDataFolder('/proc/nowhere')).toThrow('/proc/nowhere')
})
