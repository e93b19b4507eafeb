import { describe, expect, test } from 'vitest'
import { seccompFilter } from './seccomp-filter.ts'
import { syscallTables } from './seccomp-tables.ts'

const ALLOW = 0x7fff0000
const EPERM = 0x00050001
const ENOSYS = 0x00050026
const KILL = 0x80000000

/** Interprets the classic BPF that the filter uses; throws on anything the kernel would not load. */
const decide = (program: Buffer, call: { arch: number; nr: number; args?: number[] }): number => {
  const load = (offset: number): number => {
    if (offset === 0) return call.nr
    if (offset === 4) return call.arch
    return call.args?.[(offset - 16) / 8] ?? 0
  }
  let accumulator = 0
  for (let at = 0, steps = 0; steps < 1000; steps++) {
    const code = program.readUInt16LE(at * 8)
    const yes = program.readUInt8(at * 8 + 2)
    const no = program.readUInt8(at * 8 + 3)
    const k = program.readUInt32LE(at * 8 + 4)
    at++
    if (code === 0x20) accumulator = load(k)
    else if (code === 0x15) at += accumulator === k ? yes : no
    else if (code === 0x35) at += accumulator >= k ? yes : no
    else if (code === 0x45) at += (accumulator & k) === 0 ? no : yes
    else if (code === 0x06) return k
    else throw new Error(`opcode ${code}`)
  }
  throw new Error('no end')
}

describe.each(Object.entries(syscallTables))('%s', (arch, table) => {
  const program = seccompFilter(arch) ?? Buffer.alloc(0)
  const result = (nr: number, ...args: number[]) => decide(program, { arch: table.arch, nr, args })

  test('every listed call is refused, ordinary ones are not', () => {
    for (const number of Object.values(table.refused)) expect(result(number)).toBe(EPERM)
    const special = new Set([...Object.values(table.refused), table.clone3])
    for (let number = 0; number < 470; number++)
      if (!special.has(number)) expect(result(number, 2, 0)).toBe(ALLOW)
  })

  test('sockets: IPv4, IPv6 and netlink only', () => {
    const allowed = Array.from({ length: 46 }, (_, family) => family).filter(
      (family) => result(table.socket, family) === ALLOW,
    )
    expect(allowed).toEqual([2, 10, 16])
  })

  test('clone: threads and processes yes, any new namespace no; clone3 is unknown', () => {
    expect(result(table.clone, 0x3d0f00)).toBe(ALLOW)
    expect(result(table.clone, 17)).toBe(ALLOW)
    for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]) {
      expect(result(table.clone, flag | 17)).toBe(EPERM)
    }
    expect(result(table.clone3)).toBe(ENOSYS)
  })

  test('terminal input cannot be forged', () => {
    expect(result(table.ioctl, 0, 0x5412)).toBe(EPERM)
    expect(result(table.ioctl, 0, 0x541c)).toBe(EPERM)
    expect(result(table.ioctl, 0, 0x5413)).toBe(ALLOW)
  })

  test('calls of another architecture end the process', () => {
    expect(decide(program, { arch: 0x40000003, nr: 4 })).toBe(KILL)
    if (table.x32From !== null) expect(result(table.x32From + 1)).toBe(ENOSYS)
  })
})

test('an unknown processor has no filter', () => {
  expect(seccompFilter('riscv64')).toBeNull()
})
