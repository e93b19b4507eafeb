import type { SourceFile } from '../ir/ir.ts'
import { parseJavaScript } from './parse-javascript.ts'

/**
 * The scripts in a page or component (HTML, Vue, Svelte) as one program, at the places where they stand; undefined where there are
 * none, or where a template language in them keeps them from being programs.
 */
export function scriptsOf(path: string, text: string): SourceFile | undefined {
  if (!/\.(?:html?|vue|svelte)$/.test(path)) return undefined
  let masked = ''
  let end = 0
  let typed = false
  for (const match of text.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi)) {
    const [all, attributes = '', body = ''] = match
    if (
      /\btype\s*=\s*["']?(?!module|text\/javascript|application\/javascript)/i.test(attributes) ||
      body.trim() === ''
    )
      continue
    typed ||= /\blang\s*=\s*["']tsx?/.test(attributes)
    const from = match.index + all.indexOf('>', '<script'.length + attributes.length) + 1
    masked += text.slice(end, from).replace(/[^\n]/g, ' ') + body
    end = from + body.length
  }
  if (masked === '') return undefined
  const source = parseJavaScript(typed ? `${path}.ts` : `${path}.js`, masked)
  return source === null ? undefined : { ...source, path, text }
}
