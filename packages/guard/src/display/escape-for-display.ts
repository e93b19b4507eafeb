/**
 * Characters that change what a terminal or a reader sees without being seen: control characters besides tab and new
 * line, bidirectional marks, zero-width and other invisible characters, tags and variation selectors.
 */
const HIDDEN =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFE00-\uFE0D\uFEFF\uFFA0\uFFF0-\uFFFB\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]/gu

/**
 * Makes hidden characters visible as `‹U+202E›`, so that untrusted text can neither move the cursor, nor colour, nor
 * reorder, nor hide anything. Linear in the length. (The emoji variation selector U+FE0F is harmless and stays.)
 */
export function escapeForDisplay(text: string): string {
  return text.replace(
    HIDDEN,
    (char) => `‹U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`,
  )
}
