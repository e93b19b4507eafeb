import { basename, dirname, join } from 'node:path'
import { isInside } from './is-inside.ts'
import type { LookUp } from './look-up.ts'

/** What belongs to the programs of a folder `bin`, beside it: never the whole parent, which may hold credentials. */
const companions = [
  'lib',
  'lib64',
  'libexec',
  'share',
  'include',
  'versions',
  'plugins',
  'installs',
  'shims',
  'toolchains',
]

/** Version managers whose whole folder is needed (shims read files at its root) and holds no credentials. */
const wholeTools =
  /^(?:\.(?:pyenv|rbenv|nodenv|jenv|nvm|fnm|volta|bun|deno|asdf|sdkman)|(?:mini|ana)conda3|miniforge3)$/u

/** Places of tools in a home folder that PATH does not lead to, all without credentials. */
const homeTools = [
  '.rustup',
  '.cargo/registry',
  '.cargo/git',
  'go/pkg/mod',
  '.m2/repository',
  '.local/lib',
  '.local/pipx',
  '.local/share/pipx',
  '.local/share/uv',
  '.local/share/mise',
  '.local/share/fnm',
  '.local/share/pnpm',
]

/**
 * Host folders that have to stay readable although they lie below a masked folder: those of PATH with what their
 * programs load, the Node runtime, well-known tool stores of the home folder.
 */
export const readableTools = (input: {
  path: readonly string[]
  home: string
  node: string
  masked: readonly string[]
  look: LookUp
}): string[] => {
  const exists = (path: string) => {
    const found = input.look.stat(path)
    return found !== null && (!found.isSymbolicLink() || input.look.real(path) !== null)
  }
  const wanted = new Set<string>()
  for (const folder of [dirname(input.node), ...input.path]) {
    wanted.add(folder)
    const parent = dirname(folder)
    if (parent === input.home || input.masked.includes(parent)) continue
    if (basename(folder) === '.bin' || wholeTools.test(basename(parent))) wanted.add(parent)
    else if (parent === join(input.home, '.local')) wanted.add(join(parent, 'lib'))
    else for (const name of companions) wanted.add(join(parent, name))
  }
  for (const name of homeTools) wanted.add(join(input.home, name))
  const hidden = [...wanted].filter(
    (folder) => input.masked.some((mask) => isInside(mask, folder) && mask !== folder) && exists(folder),
  )
  return hidden.filter((folder) => !hidden.some((other) => other !== folder && isInside(other, folder)))
}
