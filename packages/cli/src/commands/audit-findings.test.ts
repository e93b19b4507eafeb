import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { main } from '../main.ts'

let root: string
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'cairn-cli-findings-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

async function audit(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await main(['audit', ...words], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: { HOME: root },
    cwd: () => root,
    on: () => undefined,
    off: () => undefined,
    exit: (exit) => {
      throw new Error(`exit ${exit}`)
    },
  })
  return { code, out, err }
}

const shell = (comment = '') =>
  `const { exec } = require('child_process')\nrequire('express')().get('/', (req, res) => {\n  ${comment}\n  exec('ls ' + req.query.dir)\n})\n`

test('text names place, rule, weakness, way and fix; the exit code is that of the threshold', async () => {
  put('src/app.js', shell())
  const { code, out } = await audit()
  expect(code).toBe(1)
  expect(out).toMatchInlineSnapshot(`
    "src/app.js:4:3  critical  command-injection (CWE-78)
      A command line is built from untrusted text: exec; it comes from request query (src/app.js:4).
        src/app.js:4  request query
        src/app.js:4  put into a text
        src/app.js:4  reaches exec
      → Start the program with a list of arguments and without a shell.

    1 finding in 1 file
    "
  `)
  expect((await audit('--fail-on', 'critical')).code).toBe(1)
  expect((await audit('--fail-on', 'none')).code).toBe(0)
  put('src/app.js', "require('fs').chmodSync('a', 0o777)\n")
  expect((await audit()).code).toBe(0)
  expect((await audit('--fail-on', 'medium')).code).toBe(1)
})

test('json holds every finding with its flow, and what was not analysed', async () => {
  put('src/app.js', shell())
  put('src/broken.ts', 'const = {')
  put('public/lib.min.js', 'a()')
  const { out } = await audit('--format', 'json')
  expect(JSON.parse(out)).toMatchObject({
    files: 2,
    findings: [
      {
        rule: 'command-injection',
        cwe: 78,
        flow: [{}, {}, {}],
        fingerprint: expect.stringMatching(/^\w{32}$/u),
      },
    ],
    unparsed: ['src/broken.ts', 'public/lib.min.js'],
    shortened: [],
  })
  expect((await audit()).out).toContain('not analysed: src/broken.ts (not parsed, too large, or built)\n')
})

test('sarif has the tags of all weaknesses, and notes what was not analysed', async () => {
  put(
    'app.py',
    'import zlib\nfrom flask import request\n@app.post("/")\ndef f():\n    return str(len(zlib.decompress(request.data)))\n',
  )
  put('broken.js', 'const = {')
  const { code, out } = await audit('--format', 'sarif')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    runs: [
      {
        tool: {
          driver: {
            rules: [
              {
                id: 'decompression-bomb',
                properties: {
                  tags: ['security', 'external/cwe/cwe-409', 'external/cwe/cwe-400', 'external/cwe/cwe-770'],
                },
              },
            ],
          },
        },
        invocations: [
          {
            toolExecutionNotifications: [{ message: { text: 'broken.js was not analysed, or not in full' } }],
          },
        ],
        results: [{ ruleId: 'decompression-bomb' }],
      },
    ],
  })
})

test('a baseline accepts what was there, also after lines have moved, and nothing new', async () => {
  put('a.js', shell())
  expect(await audit('--write-baseline', 'base.json')).toMatchObject({
    code: 0,
    err: 'wrote 1 finding to base.json\n',
  })
  expect(JSON.parse(readFileSync(join(root, 'base.json'), 'utf8'))).toMatchObject({
    version: 1,
    findings: [{ file: 'a.js' }],
  })
  put('a.js', `// moved\n\n${shell()}`)
  expect(await audit('--baseline', 'base.json')).toMatchObject({ code: 0, out: '0 findings in 2 files\n' })
  put('b.js', shell())
  expect((await audit('--baseline', 'base.json')).code).toBe(1)
  expect((await audit('--baseline', 'base.json', '--format', 'sarif')).out).toMatch(
    /"baselineState": "unchanged"[\s\S]*"baselineState": "new"/u,
  )
})

test('a suppression with owner and reason counts until its day has passed', async () => {
  put('a.js', shell('// cairn-ignore command-injection owner=ops until=2999-01-01: behind the firewall'))
  expect(await audit()).toMatchObject({ code: 0, out: '0 findings in 1 file, 1 suppressed\n' })
  put('a.js', shell('// cairn-ignore command-injection owner=ops until=2020-01-01: behind the firewall'))
  expect((await audit()).code).toBe(1)
  put('a.js', shell('// cairn-ignore command-injection: nobody owns this'))
  expect((await audit()).code).toBe(1)
})

test('what cannot be done is said with what to do', async () => {
  expect((await audit('nowhere')).err).toMatch(/There is no .*nowhere/u)
  expect((await audit('--format', 'xml')).err).toContain('Use text, json or sarif.')
  expect((await audit('--fail-on', 'often')).err).toContain('Use one of: low, medium, high, critical, none.')
  expect((await audit('--baseline', 'none.json')).err).toContain('--write-baseline FILE')
})
