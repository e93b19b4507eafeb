/** Words that make a line of program output worth a window. Plain alternation: linear on any input. */
const ERROR =
  /\b(?:error|errors|failed|failure|failures|fatal|panic|panicked|exception|traceback|assertionerror|warning|denied|undefined reference|segmentation fault|not ok|cannot find|no such file|npm ERR!|timed out)\b|✗|✘|✖|^E {3}|\bFAIL\b|[a-z]Error\b|[a-z]Exception\b/i

/** Summary lines that only mention errors to say there are none. */
const NONE = /\b(?:0|no) (?:errors?|failures?|failed|warnings?)\b/i

/** Whether a line of output looks like a failure. Only the first 500 characters count. */
export function isErrorLine(line: string): boolean {
  const start = line.length > 500 ? line.slice(0, 500) : line
  return ERROR.test(start) && !NONE.test(start)
}
