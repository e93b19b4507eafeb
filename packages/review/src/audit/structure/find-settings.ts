import type { Hit } from '../engine/machine.ts'
import type { Expr } from '../ir/ir.ts'
import { settings } from '../models/settings.ts'
import type { Outline } from './outline.ts'
import { ingredients } from './outline.ts'

/** Settings of Django and Flask that switch a protection off: constants, fields of classes, entries of `app.config`. */
export function findSettings(outlines: readonly Outline[]): Hit[] {
  return outlines.flatMap((outlined) => {
    if (outlined.file.language !== 'python') return []
    const given: { name: string; value: Expr; at: number }[] = []
    for (const { name, value, at, fn } of outlined.assignments) {
      const entry = /(?:^|\.)config\.([A-Z_]+)$/.exec(name)?.[1]
      if (entry !== undefined) given.push({ name: entry, value, at })
      else if (fn === null && /^[A-Z][A-Z_]+$/.test(name)) given.push({ name, value, at })
    }
    for (const cls of outlined.classes)
      for (const field of cls.fields)
        if (field.value !== null) given.push({ name: field.name, value: field.value, at: field.at })
    for (const { expr, written } of outlined.calls)
      if (/(?:^|\.)config\.(?:update|from_mapping)$/.test(written))
        for (const arg of expr.args) {
          if (arg.name !== undefined) given.push({ name: arg.name, value: arg.value, at: arg.value.at })
          if (arg.value.kind === 'object')
            for (const entry of arg.value.entries)
              if (entry.key !== null) given.push({ name: entry.key, value: entry.value, at: entry.at })
        }
    return given.flatMap(({ name, value, at }) =>
      settings
        .filter((setting) => {
          if (!setting.name.test(name)) return false
          if (setting.files !== undefined && !setting.files.test(outlined.file.path)) return false
          if (value.kind === 'literal') return setting.value.test(String(value.value))
          if (value.kind !== 'array' && value.kind !== 'object') return false
          const text = ingredients(outlined, value, null, 0).join(' ')
          return setting.value.test(text) && !(setting.unless?.test(text) ?? false)
        })
        .map((setting): Hit => ({
          rule: setting.rule,
          file: outlined.file.path,
          at,
          taint: null,
          sink: name,
        })),
    )
  })
}
