import * as fs from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openWorkspace } from '../open-workspace.ts'
import { type FileEdit, makePatch } from '../testing/make-patch.ts'
import { snapshot, tempFolder } from '../testing/temp-folder.ts'

// Few distinct lines, so that repeated blocks and ambiguous places are common; some look like patch syntax.
const line = fc.constantFrom(
  '',
  'a',
  'b',
  '  a',
  '}',
  '{ "x": 1 }',
  '@@ a',
  '*** End Patch',
  '+x',
  '-x',
  ' a',
  'ünïcode “q”',
)
const lines = fc.array(line, { maxLength: 14 })
const splice = fc.record({ at: fc.nat(14), remove: fc.nat(3), insert: fc.array(line, { maxLength: 3 }) })
const file = fc.record({
  before: fc.option(lines),
  edits: fc.array(splice, { minLength: 1, maxLength: 4 }),
  fate: fc.constantFrom('edit', 'edit', 'edit', 'delete', 'move'),
  crlf: fc.boolean(),
  bom: fc.boolean(),
  ended: fc.boolean(),
})

function edited(
  before: readonly string[],
  edits: readonly { at: number; remove: number; insert: string[] }[],
): string[] {
  const after = [...before]
  for (const { at, remove, insert } of edits) after.splice(Math.min(at, after.length), remove, ...insert)
  return after
}

function bytes(content: readonly string[], form: { crlf: boolean; bom: boolean; ended: boolean }): string {
  const eol = form.crlf ? '\r\n' : '\n'
  return (form.bom ? '\ufeff' : '') + content.join(eol) + (form.ended && content.length > 0 ? eol : '')
}

test('a patch written from a diff gives exactly the edited files; a broken one leaves the tree as it was', () => {
  fc.assert(
    fc.property(
      fc.array(file, { minLength: 1, maxLength: 3 }),
      fc.nat(),
      fc.boolean(),
      (files, seed, truncate) => {
        using temp = tempFolder()
        const edits: FileEdit[] = []
        const expected: Record<string, string> = {}
        files.forEach(({ before, edits: splices, fate, ...form }, index) => {
          const path = `dir${index % 2}/f${index}.txt`
          const start = before
          const after = edited(start ?? [], splices)
          fs.mkdirSync(join(temp.path, `dir${index % 2}`), { recursive: true })
          if (start === null) {
            edits.push({ path, before: null, after })
            expected[path] = after.map((text) => `${text}\n`).join('')
            return
          }
          // Whether an empty last line has a line end cannot be told from "no last line", so such files are ended.
          const made = {
            ...form,
            ended: form.ended || start.at(-1) === '' || after.at(-1) === '',
            crlf: form.crlf && start.length > 1,
          }
          fs.writeFileSync(join(temp.path, path), bytes(start, made))
          if (fate === 'delete') {
            edits.push({ path, before: start, after: null })
            return
          }
          const same = start.join('\n') === after.join('\n') && start.length === after.length
          if (same && fate === 'edit') {
            expected[path] = bytes(start, made)
            return
          }
          const moved = fate === 'move' ? `moved/${index}.txt` : undefined
          edits.push({ path, before: start, after, ...(moved === undefined ? {} : { moveTo: moved }) })
          const ended = start.length === 0 ? true : made.ended
          expected[moved ?? path] = bytes(after, { ...made, ended })
        })
        if (edits.length === 0) return
        const patch = makePatch(edits)
        const ws = openWorkspace({ root: temp.path, env: {} })
        const before = snapshot(temp.path)

        const broken = truncate
          ? patch.slice(0, seed % (patch.length - 2))
          : patch.replace('*** End Patch\n', '*** Update File: dir0/absent.txt\n@@\n-a\n+b\n*** End Patch\n')
        if (broken !== patch && !/\*\*\* End Patch\s*$/.test(truncate ? broken : '')) {
          expect(ws.applyPatch(broken).ok).toBe(false)
          expect(snapshot(temp.path)).toEqual(before)
        }

        const result = ws.applyPatch(patch)
        if (!result.ok) throw new Error(`${result.message}\n${patch}`)
        const got: Record<string, string> = {}
        for (const entry of fs.readdirSync(temp.path, { recursive: true, withFileTypes: true })) {
          if (!entry.isFile()) continue
          const path = join(entry.parentPath, entry.name)
          got[path.slice(temp.path.length + 1)] = fs.readFileSync(path, 'utf8')
        }
        expect(got).toEqual(expected)
      },
    ),
    { numRuns: 400 },
  )
})
