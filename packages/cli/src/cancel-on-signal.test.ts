import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { cancelOnSignal } from './cancel-on-signal.ts'

function rig() {
  const emitter = new EventEmitter()
  const exits: number[] = []
  let time = 1_000
  const io = {
    on: (signal: string, listener: () => void) => emitter.on(signal, listener),
    off: (signal: string, listener: () => void) => emitter.off(signal, listener),
    exit: (code: number): never => {
      exits.push(code)
      throw new Error('exit')
    },
  }
  return { emitter, exits, io, now: () => time, wait: (ms: number) => (time += ms) }
}

test('the first signal aborts; its echo is nothing, a later one ends', () => {
  const { emitter, exits, io, now, wait } = rig()
  const { signal } = cancelOnSignal(io, now)
  emitter.emit('SIGINT')
  expect(signal.aborted).toBe(true)
  wait(100)
  emitter.emit('SIGINT')
  expect(exits).toEqual([])
  wait(1_000)
  expect(() => emitter.emit('SIGTERM')).toThrow('exit')
  expect(exits).toEqual([130])
})

test('done leaves no listener', () => {
  const { emitter, io, now } = rig()
  cancelOnSignal(io, now).done()
  expect(emitter.eventNames()).toEqual([])
})
