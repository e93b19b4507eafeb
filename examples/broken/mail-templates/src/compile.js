'use strict'

const PLACEHOLDER = /\{\{\s*([\w.]+)(?:\s*\|\s*(\w+))?\s*\}\}/g

const FILTERS = {
  upper: (text) => text.toUpperCase(),
  escape: (text) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`),
}

function lookUp(data, path) {
  return path.split('.').reduce((value, key) => value?.[key], data)
}

/** A function from data to text. */
function compile(source) {
  return (data) =>
    source.replace(PLACEHOLDER, (_, path, filter) => {
      const value = lookUp(data, path)
      if (value === undefined || value === null) return ''
      if (filter === undefined) return String(value)
      if (!(filter in FILTERS)) throw new Error(`unknown filter: ${filter}`)
      return FILTERS[filter](String(value))
    })
}

module.exports = { compile }
