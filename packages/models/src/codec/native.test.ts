import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AssistantItemPart } from '../model.ts'
import { mergeNative, type NativePart, type OutgoingPart, readNative } from './native.ts'

const part = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string() }),
  fc.record({ type: fc.constant('reasoning' as const), text: fc.string() }),
  fc.record({ type: fc.constant('call' as const), id: fc.uuid(), tool: fc.constant('t'), args: fc.string() }),
)

const said = (parts: readonly OutgoingPart[]) =>
  parts.flatMap((p) => (p.type === 'text' ? [p.text] : [])).join('')
const calls = (parts: readonly OutgoingPart[]) =>
  parts.flatMap((p) => (p.type === 'call' ? [`${p.id} ${p.args}`] : []))

test('whatever the provider gave along, the words and calls of the item are sent, all and nothing else', () => {
  fc.assert(
    fc.property(fc.array(part), fc.array(part), fc.infiniteStream(fc.boolean()), (item, foreign, coin) => {
      const native = [...item.filter(() => coin.next().value === true), ...foreign].map((p): NativePart =>
        p.type === 'text' ? { type: 'text', length: p.text.length } : p,
      )
      const merged = mergeNative(item, native)
      expect(said(merged)).toBe(said(item))
      expect(calls(merged).toSorted()).toEqual(calls(item).toSorted())
    }),
  )
})

test('pieces keep the order and the metadata that the provider gave them', () => {
  const item: AssistantItemPart[] = [
    { type: 'text', text: 'onetwo' },
    { type: 'call', id: 'a', tool: 't', args: '{}' },
  ]
  const meta = { google: { thoughtSignature: 's' } }
  const native: NativePart[] = [
    { type: 'text', length: 3, meta },
    { type: 'reasoning', text: 'hm', meta },
    { type: 'call', id: 'a', meta },
    { type: 'text', length: 3 },
    { type: 'text', length: 0, meta },
  ]
  expect(mergeNative(item, native)).toEqual([
    { type: 'text', text: 'one', meta },
    { type: 'reasoning', text: 'hm', meta },
    { type: 'call', id: 'a', tool: 't', args: '{}', meta },
    { type: 'text', text: 'two' },
    { type: 'text', text: '', meta },
  ])
})

test('a text that was changed since goes out in one piece, where the first piece stood', () => {
  const native: NativePart[] = [
    { type: 'text', length: 3 },
    { type: 'call', id: 'a' },
    { type: 'text', length: 3 },
  ]
  const call: AssistantItemPart = { type: 'call', id: 'a', tool: 't', args: '{}' }
  expect(mergeNative([{ type: 'text', text: 'changed' }, call], native)).toEqual([
    { type: 'text', text: 'changed' },
    call,
  ])
})

test.each([null, 1, {}, { parts: 1 }, { parts: [{ type: 'text' }] }, { parts: [null] }])(
  '%j is not native data',
  (data) => {
    expect(readNative(data)).toBeNull()
  },
)
