import { posix } from 'node:path'
import type { Change } from './read-change.ts'
import type { Remark } from './review-finding.ts'

const HUGE = 1_000_000
const PROGRAM = /\.(?:exe|dll|so|dylib|jar|war|class|pyc|pyd|o|a|lib|node|wasm|apk|msi|bin|deb|rpm)$/i
const BUILT =
  /(?:^|\/)(?:node_modules|__pycache__|\.venv|site-packages|\.next|\.nuxt|coverage|\.pytest_cache)\/|\.min\.(?:js|css)$|\.(?:js|css)\.map$|(?:^|\/)(?:dist|out)\/.*\.[cm]?js$/

/** What files of a change are: programs, large, built, executable, links and commits of other repositories. Built files of one folder are one finding. */
export function findFileMarks({ files, head }: Change): Remark[] {
  const found: Remark[] = []
  const built: string[] = []
  for (const { before, after } of files) {
    if (after === null) continue
    const file = after.path
    const size = head.entries.get(file)?.size ?? 0
    const add = (rule: Remark['rule'], message: string, about: string = rule) =>
      found.push({ rule, file, line: 1, message, about })
    if (after.mode === '160000') {
      add(
        'submodule',
        `${file} is ${before === null ? 'a new' : 'another'} commit of a repository that this review did not read.`,
      )
      continue
    }
    if (after.mode === '120000') {
      const target = head.links.get(file) ?? ''
      const inside = posix.normalize(posix.join(posix.dirname(file), target))
      if (target.startsWith('/') || inside === '..' || inside.startsWith('../'))
        add('link', `The link leads to ${target}.`, target)
      continue
    }
    if (before === null && BUILT.test(file)) built.push(file)
    else if (before === null && PROGRAM.test(file) && !head.texts.has(file))
      add('binary', `${file} is a program of ${size} bytes.`)
    else if (before === null && size > HUGE) add('huge', `${file} has ${size} bytes.`)
    const text = head.texts.get(file)
    if (
      after.mode === '100755' &&
      before?.mode !== '100755' &&
      (before !== null || text?.startsWith('#!') !== true)
    )
      add(
        'executable',
        before === null ? `${file} is added as a program.` : `${file} can now be run as a program.`,
      )
  }
  const [first] = built
  if (first !== undefined)
    found.push({
      rule: 'generated',
      file: first,
      line: 1,
      about: 'built',
      message:
        built.length === 1
          ? `${first} is built, not written.`
          : `${built.length} added files are built, not written.`,
      evidence: built.slice(0, 5),
    })
  return found
}
