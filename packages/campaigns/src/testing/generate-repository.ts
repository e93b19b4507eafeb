/** A repository that runs: modules with an import graph that has depth and cycles, and a test over all of them. */
export interface GeneratedRepository {
  files: Record<string, string>
  /** Modules that call the function whose signature changes. */
  callers: number
}

/** Numbers that look random and are the same for each seed (Park and Miller 1988). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/**
 * `count` modules in folders of 50. Each imports up to three before it; every 40th imports its successor too, which makes
 * a cycle. `callers` of them call `label(text, width)`, which takes one object as well. All are CommonJS in TypeScript.
 */
export function generateRepository(count: number, callers: number, seed = 7): GeneratedRepository {
  const next = numbers(seed)
  const files: Record<string, string> = {
    '.gitignore': 'node_modules/\n',
    'package.json': `${JSON.stringify({ name: 'generated', private: true }, null, 2)}\n`,
    'src/label.ts': [
      'function label(text: string | { text: string; width: number }, width?: number): string {',
      "  const given = typeof text === 'string' ? { text, width: width ?? 0 } : text",
      '  return given.text.padStart(given.width)',
      '}',
      'module.exports = { label }',
      '',
    ].join('\n'),
  }
  const path = (index: number) => `src/p${Math.floor(index / 50)}/m${index}.ts`
  const from = (a: number, b: number) =>
    Math.floor(a / 50) === Math.floor(b / 50) ? `./m${b}.ts` : `../p${Math.floor(b / 50)}/m${b}.ts`
  const every = Math.max(1, Math.floor(count / Math.max(1, callers)))
  let calls = 0
  for (let index = 0; index < count; index++) {
    const imports = new Set<number>()
    if (index > 0) for (let n = 0; n < 3; n++) imports.add(index - 1 - next(Math.min(index, 120)))
    const lines = [...imports].map((other) => `const { f${other} } = require('${from(index, other)}')`)
    const isCaller = calls < callers && index % every === 0
    if (isCaller) lines.push("const { label } = require('../label.ts')")
    if (index % 40 === 20 && index + 1 < count)
      lines.push(`const next = require('${from(index, index + 1)}')`)
    const calledOnce = isCaller ? `label('m${index}', ${index % 9}).trim().length` : '1'
    if (isCaller) calls += 1
    lines.push('', `function f${index}(depth: number): number {`)
    if (index % 40 === 20 && index + 1 < count) lines.push(`  if (depth < 0) return next.f${index + 1}(0)`)
    const sum = [...imports].map((other) => `f${other}(depth - 1)`).join(' + ')
    lines.push(`  return depth <= 0 ? ${calledOnce} : 1${sum === '' ? '' : ` + ${sum}`}`, '}', '')
    lines.push(`module.exports = { f${index} }`, '')
    files[path(index)] = lines.join('\n')
  }
  const all = Array.from({ length: count }, (_, index) => index)
  files['test/all.mjs'] = [
    "import { createRequire } from 'node:module'",
    "import assert from 'node:assert'",
    'const require = createRequire(import.meta.url)',
    `for (let i = 0; i < ${count}; i++) {`,
    '  const f = require(`../src/p${Math.floor(i / 50)}/m${i}.ts`)[`f${i}`]',
    "  assert.equal(typeof f(1), 'number')",
    '  assert.ok(f(0) >= 1)',
    '}',
    `console.log(${all.length})`,
    '',
  ].join('\n')
  files['test/esm.mjs'] = [
    "import assert from 'node:assert'",
    "import { readFileSync } from 'node:fs'",
    "const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8')",
    "assert.equal(JSON.parse(read('../package.json')).type, 'module')",
    `for (let i = 0; i < ${count}; i++) {`,
    '  const path = `../src/p${Math.floor(i / 50)}/m${i}.ts`',
    '  assert.doesNotMatch(read(path), /require\\(|module\\.exports/u)',
    "  assert.equal(typeof (await import(path))[`f${i}`](1), 'number')",
    '}',
    `console.log(${count})`,
    '',
  ].join('\n')
  return { files, callers: calls }
}
