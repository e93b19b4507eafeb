/**
 * Characters that change what a terminal or a reader sees without being seen: control characters besides tab and new
 * line, bidirectional marks, zero-width and other invisible characters, tags and variation selectors.
 */
const HIDDEN = /(?!\uFE0F|[\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/gu

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
