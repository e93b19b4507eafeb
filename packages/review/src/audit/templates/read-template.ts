/** A value that a template puts into a page as it is. */
export interface RawOutput {
  /** The expression as written, without filters. */
  expr: string
  /** Names on the way to it: `post.body` is `['post', 'body']`; an element of a list is the list. */
  path: string[]
  at: number
}

export interface Template {
  path: string
  text: string
  raw: RawOutput[]
}

const harmless =
  /^(?:include|partial|block|layout|contentFor|yield|csrf\w*|helpers?\.|__|t\(|i18n|url_for|static|asset|trans|super\(|caller\(|render\w*\(|json|JSON\.stringify|body$|content$|children$|slot)/

/** Reads a template: what it puts into the page without escaping; null for files that are none. */
export function readTemplate(path: string, text: string): Template | null {
  const found: { expr: string; at: number }[] = []
  const every = (pattern: RegExp, within = text, offset = 0): void => {
    for (const match of within.matchAll(pattern))
      found.push({ expr: (match[1] ?? '').trim(), at: offset + match.index })
  }
  if (path.endsWith('.ejs')) every(/<%-(?!-)\s*([\s\S]*?)\s*-?%>/g)
  else if (/\.(?:hbs|handlebars|mustache)$/.test(path)) {
    every(/\{\{\{\s*([^{}]+?)\s*\}\}\}/g)
    every(/\{\{&\s*([\w.]+)\s*\}\}/g)
  } else if (/\.(?:pug|jade)$/.test(path)) {
    every(/^[ \t]*(?:[\w.#-]+(?:\([^)\n]*\))?)?!=[ \t]*(.+)$/gm)
    every(/!\{([^}\n]+)\}/g)
  } else if (/\.(?:njk|jinja2?|j2|html?|twig)$/.test(path)) jinja(text, every)
  else if (path.endsWith('.vue')) every(/\bv-html\s*=\s*"([^"]+)"/g)
  else if (path.endsWith('.svelte')) every(/\{@html\s+([^{}]+)\}/g)
  else return null
  const loops = new Map<string, string>()
  for (const [, one = '', many = ''] of text.matchAll(
    /\{%-?\s*for\s+(\w+)\s+in\s+([\w.]+)|\beach\s+(?:val\s+)?(\w+)\s+in\s+([\w.]+)/g,
  ))
    loops.set(one, many)
  for (const match of text.matchAll(
    /\beach\s+(\w+)(?:\s*,\s*\w+)?\s+in\s+([\w.]+)|\bfor\s*\(\s*(?:const|let|var)\s+(\w+)\s+of\s+([\w.]+)|v-for="\(?(\w+)(?:,\s*\w+\))?\s+(?:in|of)\s+([\w.]+)|\{#each\s+([\w.]+)\s+as\s+(\w+)/g,
  )) {
    loops.set(
      match[1] ?? match[3] ?? match[5] ?? match[8] ?? '',
      match[2] ?? match[4] ?? match[6] ?? match[7] ?? '',
    )
  }
  for (const [, many = '', one = ''] of text.matchAll(
    /([\w.]+)\.(?:forEach|map)\(\s*(?:function\s*)?\(?\s*(\w+)/g,
  ))
    loops.set(one, many)
  const raw = found
    .filter(
      ({ expr }) =>
        !harmless.test(expr) && !/sanitiz|sanitis|purify|escape|striptags|bleach|JSON\.stringify/i.test(expr),
    )
    .map(({ expr, at }): RawOutput => {
      const [root = '', ...rest] =
        /[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)*/.exec(expr)?.[0].replaceAll('?', '').split('.') ?? []
      const many = loops.get(root)
      const inner = root === 'this' ? eachAround(text, at) : many === undefined ? [root] : many.split('.')
      return { expr, at, path: [...inner, ...rest].filter((name) => name !== 'locals' && name !== '') }
    })
    .filter((one) => one.path.length > 0 && !one.expr.endsWith('('))
  return { path, text, raw }
}

/** The list that `{{#each list}}` around a place goes over. */
function eachAround(text: string, at: number): string[] {
  const last = [...text.slice(0, at).matchAll(/\{\{#each\s+([\w.]+)/g)].at(-1)?.[1]
  return last === undefined ? ['this'] : last.split('.')
}

function jinja(text: string, every: (pattern: RegExp, within?: string, offset?: number) => void): void {
  every(
    /\{\{-?\s*([^{}|]+?)\s*\|(?!(?:[^{}]*\|)?\s*(?:escape|e|forceescape|striptags|bleach\w*|sanitize\w*|tojson|json_script)\s*\|)[^{}]*?\bsafe\b[^{}]*\}\}/g,
  )
  for (const block of text.matchAll(
    /\{%-?\s*autoescape\s+(?:off|false)\s*-?%\}([\s\S]*?)(?:\{%-?\s*endautoescape|$)/g,
  ))
    every(
      /\{\{-?\s*([^{}|]+?)\s*(?:\|(?!\s*(?:escape|e|forceescape|striptags|tojson)\b)[^{}]*)?\}\}/g,
      block[1] ?? '',
      block.index + block[0].indexOf(block[1] ?? ''),
    )
}
