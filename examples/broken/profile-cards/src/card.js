'use strict'

const { initials, shorten } = require('./text.js')

const BIO_LENGTH = 60

function location(user) {
  const { city, country } = user.address
  return [city, country].filter(Boolean).join(', ') || 'somewhere'
}

function links(user) {
  const entries = Object.entries(user.links ?? {})
  return entries.filter(([, url]) => /^https:\/\//.test(url)).map(([label, url]) => ({ label, url }))
}

/** What is shown of a user in a list. Everything but the name is optional. */
function card(user) {
  const name = user.displayName || user.login
  return {
    title: name,
    badge: initials(name),
    subtitle: user.role ? `${user.role} · ${location(user)}` : location(user),
    bio: user.bio ? shorten(user.bio.trim(), BIO_LENGTH) : null,
    links: links(user),
  }
}

function cards(users) {
  return users.filter((user) => !user.hidden).map(card)
}

module.exports = { card, cards }
