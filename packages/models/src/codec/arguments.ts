/**
 * The argument text of a past call in a form that every provider takes back: the text itself where it is a JSON object,
 * otherwise an object that carries it, because most servers parse the history and refuse anything but an object.
 */
export function replayableArguments(args: string): string {
  return isPlainObjectText(args) ? args : JSON.stringify({ _malformed: args })
}

// The provider packages refuse these two keys as prototype pollution and would send the text as a quoted string.
const REFUSED_KEY = /"(?:__proto__|constructor)"|\\u00/

function isPlainObjectText(args: string): boolean {
  if (REFUSED_KEY.test(args)) return false
  try {
    const value: unknown = JSON.parse(args)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** The one parameter of a freeform tool on wires that have only JSON functions. */
export const FREEFORM_PARAMETER = 'input'

/** The schema of a freeform tool on wires that have only JSON functions. */
export const FREEFORM_SCHEMA = {
  type: 'object' as const,
  properties: { [FREEFORM_PARAMETER]: { type: 'string' as const } },
  required: [FREEFORM_PARAMETER],
  additionalProperties: false,
}
