'use strict'

const { compile } = require('./compile.js')

class Mailer {
  #templates = new Map()
  #compiled = new Map()
  #defaults

  constructor(defaults = {}) {
    this.#defaults = defaults
  }

  /** Registers a template, or replaces it. */
  define(name, source) {
    this.#templates.set(name, source)
    return this
  }

  render(name, data = {}) {
    return this.#get(name)({ ...this.#defaults, ...data })
  }

  renderAll(name, people) {
    return people.map((person) => ({ to: person.email, text: this.render(name, person) }))
  }

  names() {
    return [...this.#templates.keys()].sort()
  }

  #get(name) {
    let template = this.#compiled.get(name)
    if (template === undefined) {
      const source = this.#templates.get(name)
      if (source === undefined) throw new Error(`unknown template: ${name}`)
      template = compile(source)
      this.#compiled.set(name, template)
    }
    return template
  }
}

module.exports = { Mailer }
