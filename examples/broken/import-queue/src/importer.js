import { runAll } from './queue.js'

export class Importer {
  #source
  #target

  /** `source.load(id)` and `target.save(record)` are asynchronous. */
  constructor(source, target) {
    this.#source = source
    this.#target = target
  }

  async importOne(id) {
    const record = await this.#source.load(id)
    if (record === null) throw new Error(`record ${id} not found`)
    const clean = this.#clean(record)
    this.#target.save(clean)
    return clean.id
  }

  async importAll(ids, { width = 2 } = {}) {
    const results = await runAll(ids.map((id) => () => this.importOne(id)), width)
    const failed = results.flatMap((result, index) =>
      result.status === 'failed' ? [{ id: ids[index], reason: result.reason }] : [],
    )
    return { imported: results.length - failed.length, failed }
  }

  #clean(record) {
    const { id, name, email = null } = record
    return { id, name: name.trim(), email: email === null ? null : email.toLowerCase() }
  }
}
