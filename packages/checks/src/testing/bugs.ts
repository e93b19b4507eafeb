/** One small project with one fault, of a kind that the engine should mend. */
export interface Bug {
  name: string
  source: string
  tests: string
}

const bug = (name: string, source: string, tests: string): Bug => ({ name, source, tests })

/** Faults of different classes; each file is `src/code.js`, its tests import from there. */
export const bugs: readonly Bug[] = [
  bug(
    'off by one in a loop',
    `export function total(list) {
  let sum = 0
  for (let i = 0; i < list.length - 1; i++) {
    sum += list[i]
  }
  return sum
}
`,
    `test('adds all', () => {
  assert.equal(total([1, 2, 3]), 6)
  assert.equal(total([]), 0)
  assert.equal(total([7]), 7)
})`,
  ),
  bug(
    'wrong boundary',
    `export function grade(points) {
  if (points > 90) return 'A'
  if (points > 75) return 'B'
  return 'C'
}
`,
    `test('A', () => { assert.equal(grade(95), 'A'); assert.equal(grade(91), 'A'); assert.equal(grade(90), 'B') })
test('B', () => { assert.equal(grade(76), 'B'); assert.equal(grade(75), 'B'); assert.equal(grade(74), 'C') })`,
  ),
  bug(
    'missing await',
    `const rows = new Map([['a', 1]])
async function load(key) {
  return rows.get(key) ?? 0
}
export async function plusOne(key) {
  const value = load(key)
  return value + 1
}
`,
    `test('adds one', async () => {
  assert.equal(await plusOne('a'), 2)
  assert.equal(await plusOne('b'), 1)
})`,
  ),
  bug(
    'missing return',
    `const byName = (a, b) => {
  a.name.localeCompare(b.name)
}
export function names(people) {
  return people.toSorted(byName).map((each) => each.name)
}
`,
    `test('sorts', () => {
  assert.deepEqual(names([{ name: 'c' }, { name: 'a' }, { name: 'b' }]), ['a', 'b', 'c'])
})`,
  ),
  bug(
    'swapped arguments',
    `function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high)
}
export function volume(level) {
  return clamp(0, 10, level)
}
`,
    `test('clamps', () => {
  assert.equal(volume(4), 4)
  assert.equal(volume(40), 10)
  assert.equal(volume(-4), 0)
})`,
  ),
  bug(
    'wrong variable',
    `export function overlap(a, b) {
  const start = Math.max(a.start, b.start)
  const end = Math.min(a.end, a.end)
  return Math.max(0, end - start)
}
`,
    `test('overlaps', () => {
  assert.equal(overlap({ start: 0, end: 10 }, { start: 5, end: 7 }), 2)
  assert.equal(overlap({ start: 0, end: 3 }, { start: 5, end: 7 }), 0)
  assert.equal(overlap({ start: 0, end: 6 }, { start: 5, end: 7 }), 1)
})`,
  ),
  bug(
    'missing guard',
    `export function initials(person) {
  return person.name
    .split(' ')
    .map((part) => part[0].toUpperCase())
    .join('')
}
`,
    `test('initials', () => assert.equal(initials({ name: 'ada lovelace' }), 'AL'))
test('nobody', () => assert.equal(initials(null), ''))`,
  ),
  bug(
    'wrong unit',
    `export function hours(ms) {
  return ms / (1000 * 60)
}
export function minutes(ms) {
  return ms / (1000 * 60)
}
`,
    `test('hours', () => { assert.equal(hours(7_200_000), 2); assert.equal(hours(1_800_000), 0.5) })
test('minutes', () => assert.equal(minutes(120_000), 2))`,
  ),
  bug(
    'sorts text as numbers would not be',
    `export function median(list) {
  const sorted = [...list].sort()
  const middle = Math.floor(sorted.length / 2)
  return sorted[middle]
}
`,
    `test('median', () => {
  assert.equal(median([1, 10, 2]), 2)
  assert.equal(median([3]), 3)
  assert.equal(median([100, 9, 20, 5, 30]), 20)
})`,
  ),
  bug(
    'mutates its input',
    `export function ranked(scores) {
  return scores.sort((a, b) => b - a).slice(0, 3)
}
`,
    `test('ranks', () => assert.deepEqual(ranked([1, 4, 2, 3]), [4, 3, 2]))
test('leaves the original alone', () => {
  const scores = [1, 2, 3]
  ranked(scores)
  assert.deepEqual(scores, [1, 2, 3])
})`,
  ),
  bug(
    'state that lives too long',
    `let seen = []
export function unique(list) {
  for (const each of list) if (!seen.includes(each)) seen.push(each)
  return seen
}
`,
    `test('unique', () => {
  assert.deepEqual(unique([1, 1, 2]), [1, 2])
  assert.deepEqual(unique([3, 3]), [3])
})`,
  ),
  bug(
    'wrong method',
    `export function allPaid(invoices) {
  return invoices.some((invoice) => invoice.paid)
}
export function anyPaid(invoices) {
  return invoices.some((invoice) => invoice.paid)
}
`,
    `test('all', () => {
  assert.equal(allPaid([{ paid: true }, { paid: false }]), false)
  assert.equal(allPaid([{ paid: true }, { paid: true }]), true)
})
test('any', () => assert.equal(anyPaid([{ paid: true }, { paid: false }]), true))`,
  ),
  bug(
    'wrong property',
    `export function summary(order) {
  const count = order.items.length
  const sum = order.items.reduce((all, item) => all + item.price * item.price, 0)
  const pieces = order.items.reduce((all, item) => all + item.quantity, 0)
  return { count, sum, pieces }
}
`,
    `test('summary', () => {
  const items = [{ price: 2, quantity: 3 }, { price: 5, quantity: 1 }]
  assert.deepEqual(summary({ items }), { count: 2, sum: 11, pieces: 4 })
})`,
  ),
  bug(
    'conditions in the wrong order',
    `export function size(bytes) {
  if (bytes < 1024 * 1024) {
    return 'medium'
  } else if (bytes < 1024) {
    return 'small'
  } else {
    return 'large'
  }
}
`,
    `test('sizes', () => {
  assert.equal(size(10), 'small')
  assert.equal(size(5_000), 'medium')
  assert.equal(size(5_000_000), 'large')
})`,
  ),
  bug(
    'defaults over settings',
    `const defaults = { color: 'red', width: 2 }
export function settings(given) {
  return { ...given, ...defaults }
}
`,
    `test('given values win', () => assert.deepEqual(settings({ width: 5 }), { color: 'red', width: 5 }))`,
  ),
  bug(
    'numbers as text',
    `export function sumOf(query) {
  const { a, b } = query
  return a + b
}
`,
    `test('adds', () => { assert.equal(sumOf({ a: '2', b: '3' }), 5); assert.equal(sumOf({ a: '10', b: '1' }), 11) })`,
  ),
  bug(
    'only the first is replaced',
    `export function slug(title) {
  return title.trim().toLowerCase().replace(' ', '-')
}
`,
    `test('slug', () => { assert.equal(slug(' Hello New World '), 'hello-new-world'); assert.equal(slug('One'), 'one') })`,
  ),
  bug(
    'case falls through',
    `export function price(kind) {
  let cents = 0
  switch (kind) {
    case 'child':
      cents = 500
    case 'adult':
      cents = 1000
      break
    case 'senior':
      cents = 700
      break
  }
  return cents
}
`,
    `test('prices', () => {
  assert.equal(price('child'), 500)
  assert.equal(price('adult'), 1000)
  assert.equal(price('senior'), 700)
  assert.equal(price('x'), 0)
})`,
  ),
  bug(
    'counts missing keys as nothing',
    `export function tally(words) {
  const counts = {}
  for (const word of words) counts[word] = counts[word] + 1
  return counts
}
`,
    `test('tally', () => assert.deepEqual(tally(['a', 'b', 'a']), { a: 2, b: 1 }))`,
  ),
  bug(
    'forgotten this',
    `export class Counter {
  count = 0
  step = 1
  add() {
    this.count += step
    return this.count
  }
}
`,
    `test('counts', () => {
  const counter = new Counter()
  counter.add()
  assert.equal(counter.add(), 2)
})`,
  ),
  bug(
    'wrong operator precedence',
    `export function celsius(fahrenheit) {
  return fahrenheit - 32 * 5 / 9
}
`,
    `test('converts', () => { assert.equal(celsius(212), 100); assert.equal(celsius(32), 0) })`,
  ),
  bug(
    'and for or',
    `export function isWeekend(day) {
  return day === 'sat' && day === 'sun'
}
`,
    `test('weekend', () => {
  assert.equal(isWeekend('sat'), true)
  assert.equal(isWeekend('sun'), true)
  assert.equal(isWeekend('mon'), false)
})`,
  ),
]

/** The files of a project with a bug. */
export function bugFiles({ source, tests }: Bug): Record<string, string> {
  const names = [...source.matchAll(/^export (?:async )?(?:function|class|const) (\w+)/gm)].map(
    (match) => match[1],
  )
  const head = `import { test } from 'node:test'\nimport assert from 'node:assert/strict'\nimport { ${names.join(', ')} } from '../src/code.js'\n`
  return {
    'package.json': '{"type":"module","scripts":{"test":"node --test"}}\n',
    'src/code.js': source,
    'test/code.test.js': `${head}\n${tests}\n`,
  }
}
