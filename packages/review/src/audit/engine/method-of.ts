import { join, unknown, type ClassValue, type Value } from './value.ts'

/** A method or static field of a class or its bases; bound to an instance where there is one. */
export function methodOf(cls: ClassValue, name: string, self: Value | null): Value {
  const found = cls.statics.fields.get(name)
  if (found !== undefined)
    return self === null ? found : { ...found, fns: found.fns.map((one) => ({ ...one, self, cls })) }
  return cls.bases.reduce((sum: Value, base) => join(sum, methodOf(base, name, self)), unknown)
}
