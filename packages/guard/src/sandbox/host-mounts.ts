import { readFileSync } from 'node:fs'
import { isInside } from './is-inside.ts'

/** Mount points of the host below `/` in mounting order, without those that the view replaces as a whole. */
export const hostMounts = (): string[] => mountPoints(readFileSync('/proc/self/mountinfo', 'utf8'))

/** The same from the text of mountinfo (proc(5)); blanks in paths are written in octal there. */
const mountPoints = (mountinfo: string): string[] => {
  const points = mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((path) =>
      path.replace(/\\([0-7]{3})/gu, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .filter((path) => path !== '' && path !== '/' && !replaced.some((folder) => isInside(folder, path)))
  return [...new Set(points)]
}

const replaced = ['/proc', '/dev', '/tmp', '/var/tmp', '/run', '/home', '/root']
