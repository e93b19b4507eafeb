import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder for one test, removed by `using`. */
export function tempFolder(files: Record<string, string | Uint8Array> = {}): Disposable & { path: string } {
  const path = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'cairn-workspace-')))
  writeTree(path, files)
  return { path, [Symbol.dispose]: () => fs.rmSync(path, { recursive: true, force: true }) }
}

export function writeTree(root: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(dirname(join(root, name)), { recursive: true })
    fs.writeFileSync(join(root, name), content)
  }
}

/** Every file with its permission bits and content, and every folder and link: to compare trees byte by byte. */
export function snapshot(root: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(root.length + 1)
    if (entry.isSymbolicLink()) out[name] = `link ${fs.readlinkSync(path)}`
    else if (entry.isDirectory()) out[name] = 'folder'
    else out[name] = `${(fs.statSync(path).mode & 0o7777).toString(8)} ${fs.readFileSync(path, 'latin1')}`
  }
  return out
}
