/** The text as one word of a shell, whatever it holds (but NUL, which no argument can hold). */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
