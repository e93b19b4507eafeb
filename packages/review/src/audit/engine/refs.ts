const members = new Map<string, Map<string, string>>()

/** The name of a member of something outside: the same text for the same parts, so that tables find it without reading it again. */
export function memberRef(ref: string, name: string): string {
  let known = members.get(ref)
  if (known === undefined) {
    // Programs bring their own names; what is not used any more must not stay for ever.
    if (members.size > 50_000) members.clear()
    members.set(ref, (known = new Map()))
  }
  let full = known.get(name)
  if (full === undefined) {
    full = ref.length > 120 ? ref : name === '()' || name === '[]' ? `${ref}${name}` : `${ref}.${name}`
    known.set(name, full)
  }
  return full
}
