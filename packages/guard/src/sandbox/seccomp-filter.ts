import { syscallTables } from './seccomp-tables.ts'
import type { SyscallTable } from './seccomp-tables.ts'

const ALLOW = 0x7fff0000
const KILL_PROCESS = 0x80000000
const EPERM = 0x00050001
const ENOSYS = 0x00050026

/** Classic BPF opcodes (linux/filter.h). */
const LOAD = 0x20
const JUMP_EQUAL = 0x15
const JUMP_AT_LEAST = 0x35
const JUMP_ANY_BIT = 0x45
const RETURN = 0x06

/** Offsets in `struct seccomp_data`; arguments are 64 bits, of which the low half decides here (little endian). */
const NUMBER = 0
const ARCH = 4
const ARG0 = 16
const ARG1 = 24

const INET = 2
const INET6 = 10
const NETLINK = 16
const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c
/** CLONE_NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET */
const NEW_NAMESPACES = 0x7e020000

type Step = {
  code: number
  k: number
  yes?: 'eperm' | 'enosys' | 'allow' | 'kill'
  no?: 'eperm' | 'kill'
  skipUnless?: number
}

/**
 * A seccomp filter as the bytes of `struct sock_filter[]`, for `bwrap --seccomp` or prctl; null for a processor without
 * a table. Refused: other architectures' calls (the process dies), every address family but IPv4, IPv6 and netlink,
 * new namespaces, mounts, ptrace, io_uring, bpf, keys, modules and the like, and pushing input into a terminal.
 * `clone3` answers ENOSYS, so that the C library falls back to `clone`, whose flags can be looked at.
 */
export const seccompFilter = (arch: string): Buffer | null => {
  const table = syscallTables[arch]
  return table === undefined ? null : assemble(steps(table))
}

const steps = (table: SyscallTable): Step[] => {
  const list: Step[] = [
    { code: LOAD, k: ARCH },
    { code: JUMP_EQUAL, k: table.arch, no: 'kill' },
    { code: LOAD, k: NUMBER },
  ]
  if (table.x32From !== null) list.push({ code: JUMP_AT_LEAST, k: table.x32From, yes: 'enosys' })
  list.push({ code: JUMP_EQUAL, k: table.clone3, yes: 'enosys' })
  for (const number of Object.values(table.refused)) list.push({ code: JUMP_EQUAL, k: number, yes: 'eperm' })
  const inspect = (number: number, argument: number, tests: Step[]) => {
    list.push({ code: JUMP_EQUAL, k: number, skipUnless: tests.length + 2 })
    list.push({ code: LOAD, k: argument }, ...tests, { code: RETURN, k: ALLOW })
  }
  inspect(table.socket, ARG0, [
    { code: JUMP_EQUAL, k: INET, yes: 'allow' },
    { code: JUMP_EQUAL, k: INET6, yes: 'allow' },
    { code: JUMP_EQUAL, k: NETLINK, yes: 'allow', no: 'eperm' },
  ])
  inspect(table.clone, ARG0, [{ code: JUMP_ANY_BIT, k: NEW_NAMESPACES, yes: 'eperm' }])
  inspect(table.ioctl, ARG1, [
    { code: JUMP_EQUAL, k: TIOCSTI, yes: 'eperm' },
    { code: JUMP_EQUAL, k: TIOCLINUX, yes: 'eperm' },
  ])
  return list
}

const assemble = (list: Step[]): Buffer => {
  const ends = { allow: 0, eperm: 1, enosys: 2, kill: 3 }
  const bytes = Buffer.alloc((list.length + 4) * 8)
  const write = (index: number, code: number, yes: number, no: number, k: number) => {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(yes, index * 8 + 2)
    bytes.writeUInt8(no, index * 8 + 3)
    bytes.writeUInt32LE(k, index * 8 + 4)
  }
  for (const [index, step] of list.entries()) {
    const distance = (end: keyof typeof ends | undefined) =>
      end === undefined ? 0 : list.length + ends[end] - index - 1
    write(index, step.code, distance(step.yes), step.skipUnless ?? distance(step.no), step.k)
  }
  for (const [offset, value] of [ALLOW, EPERM, ENOSYS, KILL_PROCESS].entries())
    write(list.length + offset, RETURN, 0, 0, value)
  return bytes
}
