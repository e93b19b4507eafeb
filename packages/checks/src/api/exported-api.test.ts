import { describe, expect, it } from 'vitest'
import { apiBreaks, exportedApi } from './exported-api.ts'

const api = (source: string, path = 'a.ts') => Object.fromEntries(exportedApi(path, source) ?? [])
const breaks = (before: string, after: string, path = 'a.ts') =>
  apiBreaks(exportedApi(path, before) ?? new Map(), exportedApi(path, after) ?? new Map())

describe('exportedApi', () => {
  it('reads signatures without bodies, values and comments', () => {
    const source = `
import x from 'y'
/* export function no() {} */
const text = \`export const alsoNo = \${ { a: 1 }.a } export\`
export function add(a: number, b: { c: string } = { c: '}' }): { sum: number } { return { sum: a } }
export const PORT: number = 8080
export const run = async (a: string, ...rest: unknown[]): Promise<void> => { export_it() }
export default class Store<T> extends Base { #hidden = 1; private no() {} size = 3
  get(key: string): T { return 1 }
  static of(): Store<string> { return {} } }
export interface Options { a: string; b?: number }
export type Id = string | { id: string }
export { x as renamed, text }
export * from './other.ts'
export { y } from './y.ts'
function internal() {}
`
    expect(api(source)).toMatchInlineSnapshot(`
      {
        "* from ./other.ts": "* from ./other.ts",
        "Id": "type Id = string | { id: string }",
        "Options": "interface Options { a: string; b?: number }",
        "PORT": "const PORT: number",
        "add": "function add(a: number, b: { c: string } = { c: '}' }): { sum: number }",
        "default": "default class Store<T> extends Base { size; get(key: string): T; static of(): Store<string> }",
        "renamed": "local",
        "run": "const run async (a: string, ...rest: unknown[]): Promise<void>",
        "text": "local",
        "y": "from ./y.ts",
      }
    `)
  })

  it('tells breaks from additions and from changes inside', () => {
    const before = 'export function f(a: number): number { return a }\nexport const g = 1'
    expect(
      breaks(
        before,
        'export function f(a: number): number { return a + 1 }\nexport const g = 2\nexport const h = 3',
      ),
    ).toEqual([])
    expect(
      breaks(before, 'export function f(a: number, b: number): number { return a }\nexport const g = 1'),
    ).toHaveLength(1)
    expect(breaks(before, 'export const g = 1')).toEqual(['`f` is no longer exported'])
    expect(breaks('module.exports.a = (x) => x', 'module.exports.b = (x) => x', 'a.cjs')).toHaveLength(1)
  })

  it('reads Python and Go', () => {
    expect(
      api('def add(a, b=1):\n  pass\ndef _no():\n  pass\nclass Store(Base):\n  def x(self): pass\n', 'a.py'),
    ).toEqual({
      add: 'def add(a, b=1)',
      Store: 'class Store(Base)',
    })
    expect(
      breaks('func Add(a int) int {\n}\nfunc add() {}', 'func Add(a, b int) int {\n}', 'a.go'),
    ).toHaveLength(1)
  })

  it('ends on anything', () => {
    for (const source of [
      'export',
      'export {',
      'export function (',
      'export const a = `${',
      'export class {',
      '/*',
      'export type A =',
    ])
      expect(exportedApi('a.ts', source)).toBeInstanceOf(Map)
  })
})
