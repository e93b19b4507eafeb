import type { Hit } from '../engine/machine.ts'
import { ingredients, type Outline } from './outline.ts'

const writes =
  /^(?:fs|fs\.promises|fs-extra|graceful-fs)\.(?:promises\.)?(?:writeFile|writeFileSync|createWriteStream|open|openSync|appendFile|appendFileSync|outputFile|mkdir|mkdirSync)$|^(?:fs\.)?(?:writeFile|writeFileSync|createWriteStream)$/
const unguessable =
  /random(?!\()|uuid|mkdtemp|mkstemp|nanoid|ulid|token|digest|createHash|secrets|NamedTemporary|TemporaryDirectory|gettempdir_unused|cuid/i

/** Files below the shared temporary folder under a name that others can make first. */
export function findGuessableTemp(outlines: readonly Outline[]): Hit[] {
  return outlines.flatMap((outlined) =>
    outlined.calls.flatMap(({ expr, name, written, fn }): Hit[] => {
      const python = outlined.file.language === 'python'
      const [path, second] = expr.args
      if (path === undefined) return []
      if (python) {
        if (!/^(?:open|io\.open|os\.open|os\.mkdir|os\.makedirs|aiofiles\.open)$/.test(name)) return []
        const mode = expr.args.find((arg) => arg.name === 'mode')?.value ?? second?.value
        const text = mode === undefined ? '' : ingredients(outlined, mode, fn).join(' ')
        if (name.endsWith('open') && name !== 'os.open' && !/[wa+]/.test(text)) return []
        if (/x|O_EXCL/.test(text)) return []
      } else {
        if (!writes.test(name)) return []
        if (
          expr.args
            .slice(1)
            .some((arg) =>
              ingredients(outlined, arg.value, fn, 0).some((one) => /^[wa]x\+?$|O_EXCL/.test(one)),
            )
        )
          return []
      }
      const parts = ingredients(outlined, path.value, fn)
      const temporary = parts.some((one) =>
        /^(?:tmpdir|gettempdir|TMPDIR)$|^\/(?:var\/)?tmp(?:\/|$)/.test(one),
      )
      if (!temporary || parts.some((one) => unguessable.test(one))) return []
      return [{ rule: 'temp-file', file: outlined.file.path, at: expr.at, taint: null, sink: written }]
    }),
  )
}
