import { DatabaseSync } from 'node:sqlite'
import { schema } from './schema.ts'

/** Names of the tables, indexes and triggers of a journal that are not as `schema` makes them. */
export function schemaDifferences(db: DatabaseSync): string[] {
  const fresh = new DatabaseSync(':memory:')
  try {
    fresh.exec(schema)
    const expected = read(fresh)
    const found = read(db)
    return [...new Set([...expected.keys(), ...found.keys()])].filter(
      (name) => expected.get(name) !== found.get(name),
    )
  } finally {
    fresh.close()
  }
}

function read(db: DatabaseSync): Map<string, string> {
  const rows = db
    .prepare(
      "SELECT name, type || ' on ' || tbl_name || ': ' || coalesce(sql, '') AS made FROM sqlite_schema",
    )
    .all()
  return new Map(rows.map((row) => [String(row['name']), String(row['made']).replace(/\s+/g, ' ')]))
}
