import { escapeForDisplay } from '@cairn/guard'

/** Untrusted text as it may be shown: hidden characters visible, and a tab as spaces, whose width every terminal agrees on. */
export const shown = (text: string): string => escapeForDisplay(text).replaceAll('\t', '    ')
