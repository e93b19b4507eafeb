import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RECIPES } from '../recipes/find-recipe.ts'
import { parseCampaign } from './parse-campaign.ts'

const names = RECIPES.map((recipe) => recipe.name)
const parse = (text: string) => parseCampaign(text, 'fallback', names)
const MINIMAL = 'goal: g\nunits: { glob: "*.ts" }\nrecipe: { command: "true" }\n'

test('what is not given has its default', () => {
  expect(parse(MINIMAL)).toEqual({
    name: 'fallback',
    goal: 'g',
    constraints: [],
    units: { kind: 'glob', glob: ['*.ts'], exclude: [] },
    order: 'imports',
    last: [],
    recipe: [{ kind: 'command', command: 'true' }],
    check: { unit: [], batch: [], final: [] },
    canary: 0,
    budget: { usd: null, tokens: null, minutes: null, unitUsd: null, unitSteps: null, unitMinutes: 30 },
    stop: { failureRate: 0.5, after: 10 },
    batch: 32,
    attempts: 3,
    branch: null,
    base: 'HEAD',
  })
})

test('the examples are campaigns', () => {
  const folder = join(import.meta.dirname, '../../../../examples/campaigns')
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  expect(files.length).toBeGreaterThan(2)
  for (const file of files) expect(parse(readFileSync(join(folder, file), 'utf8')).goal).not.toBe('')
})

test.each([
  ['', /campaign: has to be a mapping/],
  ['goal: [', /no YAML/],
  [MINIMAL.replace('goal: g', 'goal: ""'), /^goal: /],
  [`${MINIMAL}gaol: x`, /does not know the field "gaol"/],
  [MINIMAL.replace('{ glob: "*.ts" }', '{}'), /units: says nowhere/],
  [MINIMAL.replace('{ glob: "*.ts" }', '{ glob: a, command: b }'), /glob and command/],
  [MINIMAL.replace('{ glob: "*.ts" }', '{ query: { language: ts } }'), /exactly one of pattern/],
  [MINIMAL.replace('{ command: "true" }', '{ use: nothing }'), /there is no recipe "nothing"/],
  [MINIMAL.replace('{ command: "true" }', '[agent, { command: x }]'), /steps behind the agent/],
  [MINIMAL.replace('{ command: "true" }', 'agent'), /^check: is missing/],
  [`${MINIMAL}canary: -1`, /^canary/],
  [`${MINIMAL}branch: "-x"`, /no name for a branch/],
  [`${MINIMAL}base: "--all"`, /no revision/],
  [`${MINIMAL}budget: { usd: lots }`, /budget\.usd/],
  [`${MINIMAL}stop: { failure-rate: 2 }`, /from 0 to 1/],
  [`a: &a [x, x]\nb: &b [${Array(20).fill('*a')}]\nc: [${Array(20).fill('*b')}]`, /aliases|does not know/],
])('%j is refused, and the message names the place', (text, message) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({ code: 'bad-campaign', message: expect.stringMatching(message) }),
  )
})
