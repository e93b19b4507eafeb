import { DatabaseSync } from 'node:sqlite'

/** What is looked for in. */
export interface ToolText {
  /** As the model calls it. */
  name: string
  description: string
  /** Names of its arguments. */
  args: readonly string[]
}

/** BM25 weights of name, description and arguments. */
const WEIGHTS = '8.0, 2.0, 1.0'

/** Words of names as people write them (`createIssue`, `create_issue`), in lower case. */
const words = (text: string): string[] =>
  text
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

/** The tools that have words of the query, best first (BM25 of FTS5, words stemmed and completed); one that is named comes first. */
export function searchTools<T extends ToolText>(tools: readonly T[], query: string, limit: number): T[] {
  const named = tools.filter(({ name }) => query.includes(name))
  const terms = [...new Set(words(query).filter((word) => word !== 'mcp'))].slice(0, 32)
  if (terms.length === 0) return named.slice(0, limit)
  const db = new DatabaseSync(':memory:')
  try {
    db.exec(
      `create virtual table tool using fts5(name, description, args, tokenize = 'porter unicode61'); begin`,
    )
    const insert = db.prepare('insert into tool(rowid, name, description, args) values (?, ?, ?, ?)')
    for (const [at, { name, description, args }] of tools.entries())
      insert.run(at, words(name).join(' '), words(description).join(' '), words(args.join(' ')).join(' '))
    const rows = db
      .prepare(
        `select rowid as at from tool where tool match ? order by bm25(tool, ${WEIGHTS}), rowid limit ?`,
      )
      .all(terms.map((term) => `"${term}"*`).join(' OR '), limit)
    const found = rows.flatMap(({ at }) => tools[Number(at)] ?? [])
    return [...new Set([...named, ...found])].slice(0, limit)
  } finally {
    db.close()
  }
}
