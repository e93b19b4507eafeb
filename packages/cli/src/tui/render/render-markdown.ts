import { Markdown, setCapabilities, type MarkdownTheme } from '@earendil-works/pi-tui'
import type { Paint } from '../../output/paint.ts'
import { highlight } from './highlight.ts'
import { shown } from './shown.ts'

// A link shows where it leads: a hidden target could say one thing and open another.
setCapabilities({ images: null, trueColor: false, hyperlinks: false })

function themeOf(paint: Paint): MarkdownTheme {
  const plain = (text: string) => text
  return {
    heading: paint.bold,
    link: plain,
    linkUrl: paint.dim,
    code: paint.cyan,
    codeBlock: plain,
    codeBlockBorder: paint.dim,
    quote: plain,
    quoteBorder: paint.dim,
    hr: paint.dim,
    listBullet: paint.dim,
    bold: paint.bold,
    italic: plain,
    strikethrough: paint.dim,
    underline: plain,
    highlightCode: (code, language) => code.split('\n').map((line) => highlight(line, language ?? '', paint)),
  }
}

/** Markdown of a model in lines of at most `width` columns. */
export function renderMarkdown(text: string, width: number, paint: Paint): string[] {
  const markdown = new Markdown(shown(text.trim()), 0, 0, themeOf(paint), undefined, {
    // A dollar is money or a variable far more often than mathematics.
    renderLatex: false,
    preserveOrderedListMarkers: true,
    preserveBackslashEscapes: true,
  })
  return markdown.render(Math.max(10, width)).map((line) => line.trimEnd())
}

/**
 * Renders, and remembers the last result: a frame that is drawn for a key does not parse the same text again, and with
 * `hurried` not what was only added to.
 */
export function createMarkdownCache(): (
  text: string,
  width: number,
  paint: Paint,
  hurried: boolean,
) => string[] {
  let last: { text: string; width: number; paint: Paint; lines: string[] } | null = null
  return (text, width, paint, hurried) => {
    const same = last !== null && last.width === width && last.paint === paint
    if (last === null || !same || !(hurried ? text.startsWith(last.text) : text === last.text))
      last = { text, width, paint, lines: renderMarkdown(text, width, paint) }
    return last.lines
  }
}
