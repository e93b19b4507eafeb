/** Bundles the command line: one small entry, the rest in chunks that load when they are needed. */
import { build, type Plugin } from 'esbuild'
import { chmodSync, cpSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const out = join(root, 'packages/cli/dist')

/** Puts the text of prompt files where the source reads them at run time. */
const inlinePrompts: Plugin = {
  name: 'inline-prompts',
  setup(builder) {
    builder.onLoad({ filter: /packages\/[\w-]+\/src\/.*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      if (!source.includes('promptText(new URL(')) return undefined
      const contents = source.replace(
        /promptText\(new URL\('([^']+)', import\.meta\.url\)\)/g,
        (_call, file: string) => JSON.stringify(readFileSync(join(dirname(path), file), 'utf8').trim()),
      )
      return { contents, loader: 'ts' }
    })
  },
}

/** cairn speaks English: the other forty languages of zod's messages stay out. */
const oneLocale: Plugin = {
  name: 'one-locale',
  setup(builder) {
    builder.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
      loader: 'js',
    }))
  },
}

rmSync(out, { recursive: true, force: true })
const result = await build({
  entryPoints: { boot: join(root, 'packages/cli/bin/boot.ts') },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  metafile: true,
  chunkNames: 'chunk-[hash]',
  external: ['@lydell/node-pty', '@vscode/ripgrep', '@ast-grep/napi', 'pg-native'],
  // CommonJS packages inside the bundle call require for Node's own modules.
  banner: {
    js: "import{createRequire as __cairnRequire}from'node:module';const require=__cairnRequire(import.meta.url);",
  },
  plugins: [inlinePrompts, oneLocale],
  logLevel: 'warning',
})
cpSync(join(root, 'examples/demo'), join(out, 'examples/demo'), { recursive: true })
chmodSync(join(root, 'packages/cli/bin/cairn.cjs'), 0o755)
const bytes = Object.values(result.metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
console.log(
  `built ${Object.keys(result.metafile.outputs).length} files, ${Math.round(bytes / 1024)} KiB in packages/cli/dist`,
)
