/**
 * Builds what is published: `dist/` with one module, its declarations, and a package.json whose exports point to them.
 * The workspace itself runs from source. Publish with `npm publish dist`.
 */
import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const out = join(root, 'dist')

rmSync(out, { recursive: true, force: true })
await build({
  entryPoints: { index: join(root, 'src/index.ts') },
  outdir: out,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  packages: 'external',
  logLevel: 'warning',
})
const flags =
  '--declaration --emitDeclarationOnly --strict --skipLibCheck --rewriteRelativeImportExtensions --ignoreConfig --module nodenext --target es2024 --types node'
const tsc = join(root, '../../node_modules/typescript/bin/tsc')
const types = join(out, 'types')
execFileSync(process.execPath, [tsc, join(root, 'src/index.ts'), ...flags.split(' '), '--outDir', types], {
  stdio: 'inherit',
  cwd: root,
})
const published: Record<string, unknown> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
for (const key of ['private', 'scripts']) delete published[key]
published['exports'] = { '.': { types: './types/index.d.ts', default: './index.js' } }
writeFileSync(join(out, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
cpSync(join(root, 'README.md'), join(out, 'README.md'))
