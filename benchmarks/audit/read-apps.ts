import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A weakness put into an application: its weaknesses (CWE) and the lines it stands on. */
export interface Plant {
  cwes: number[]
  file: string
  from: number
  to: number
}

export interface App {
  name: string
  /** Name of the file of the corpus it stands in, without what follows the dot. */
  set: string
  /** With all weaknesses. */
  bad: { path: string; text: string }[]
  /** With none. */
  good: { path: string; text: string }[]
  plants: Plant[]
}

const mark = /\[\[([\d,]+):([\s\S]*?)\|\|([\s\S]*?)\]\](?!\])/g

/** The file with all weaknesses, and where they stand. */
function plant(file: string, text: string): { text: string; plants: Plant[] } {
  const plants: Plant[] = []
  let bad = ''
  let end = 0
  for (const match of text.matchAll(mark)) {
    bad += text.slice(end, match.index)
    const from = bad.split('\n').length
    bad += match[2] ?? ''
    plants.push({ cwes: (match[1] ?? '').split(',').map(Number), file, from, to: bad.split('\n').length })
    end = match.index + match[0].length
  }
  return { text: bad + text.slice(end), plants }
}

/**
 * Reads the applications. One begins with `== NAME`, a file of it with `@@ FILE`; `[[CWE[,CWE]:vulnerable||fixed]]` is where a weakness
 * was put.
 */
export function readApps(folder: string): App[] {
  const apps: App[] = []
  for (const file of readdirSync(join(folder, 'apps')).toSorted())
    for (const block of readFileSync(join(folder, 'apps', file), 'utf8')
      .split(/^== /m)
      .slice(1)) {
      const app: App = {
        name: block.slice(0, block.indexOf('\n')).trim(),
        set: file.replace(/\..*$/, ''),
        bad: [],
        good: [],
        plants: [],
      }
      for (const one of block.split(/^@@ /m).slice(1)) {
        const path = one.slice(0, one.indexOf('\n'))
        const text = one.slice(one.indexOf('\n') + 1)
        const planted = plant(path, text)
        app.bad.push({ path, text: planted.text })
        app.good.push({ path, text: text.replace(mark, (...match: string[]) => match[3] ?? '') })
        app.plants.push(...planted.plants)
      }
      apps.push(app)
    }
  return apps
}
