import { expect, test } from 'vitest'
import { buildThreatModel } from './build-threat-model.ts'
import { renderHtml } from './render-html.ts'
import { renderMarkdown } from './render-markdown.ts'
import { renderText } from './render-text.ts'

const build = (files: Record<string, string>) =>
  buildThreatModel(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    { name: 'shop', today: '2026-01-01' },
  )
const express = {
  'src/app.js': `const express = require('express')
const session = require('express-session')
const orders = require('./routes/orders')
const { requireUser } = require('./auth')
const app = express()
app.use(session({ secret: process.env.SESSION_SECRET }))
app.use('/orders', requireUser, orders)
app.post('/feedback-raw', (req, res) => res.json(store(req.body)))
app.post('/rename', (req, res) => res.json(rename(req.body)))
app.listen(80)
`,
  'src/auth.js': `exports.requireUser = (req, res, next) => (req.session.user ? next() : res.sendStatus(401))\n`,
  'src/routes/orders.js': `const router = require('express').Router()
const { Pool } = require('pg')
const pool = new Pool({ connectionString: process.env.DATABASE_URL })
router.get('/:id', async (req, res) => res.json(await pool.query("SELECT * FROM orders WHERE id = " + req.params.id)))
router.post('/', async (req, res) => {
  await fetch('https://pay.acme.dev/charge', { method: 'POST' })
  res.json({ email: 1 })
})
module.exports = router
`,
}

test('an express application: ways in with their mount, assets, peers with hosts, boundaries', async () => {
  const model = await build(express)
  expect(model.entryPoints.map(({ name, authenticated }) => [name, authenticated])).toEqual([
    ['changes /feedback-raw', false],
    ['changes /rename', false],
    ['reads /orders/:id', true],
    ['changes /orders', true],
  ])
  expect(model.assets.map(({ kind, name }) => `${kind}: ${name}`)).toEqual([
    'personal data: email',
    'secrets: DATABASE_URL',
    'secrets: SESSION_SECRET',
    'sessions: sessions and tokens',
  ])
  expect(model.peers.map(({ name, hosts }) => [name, hosts])).toEqual([
    ['PostgreSQL', []],
    ['other web services', ['pay.acme.dev']],
  ])
  expect(model.boundaries.map(({ from, to }) => `${from} → ${to}`)).toEqual([
    'callers over the network → the program',
    'the program → stores',
    'the program → other services',
  ])
})

test('a finding stands once, at the boundary it crosses; what is missing is open; the rest is a question', async () => {
  const model = await build(express)
  const of = (boundary: string, kind: string) =>
    model.threats.find((one) => one.boundary === boundary && one.class === kind)
  expect(of('B2', 'tampering')).toMatchObject({
    state: 'open',
    open: [{ at: [{ file: 'src/routes/orders.js', line: 4 }] }],
  })
  expect(of('B1', 'tampering')?.open).toEqual([])
  expect(of('B1', 'spoofing')?.open[0]?.text).toBe(
    'Nobody is asked who they are at 2 ways in that change something: changes /feedback-raw, changes /rename',
  )
  expect(of('B1', 'denial of service')?.state).toBe('unknown')
  expect(model.questions.some((one) => one.includes('Requests use up memory'))).toBe(true)
  const told = model.threats.flatMap(({ open }) => open.flatMap(({ fingerprint }) => fingerprint ?? []))
  expect(new Set(told).size).toBe(told.length)
})

test('every statement has a line of a file, and ids are unique', async () => {
  const model = await build(express)
  const lines = new Map(Object.entries(express).map(([path, text]) => [path, text.split('\n').length]))
  const cited = [
    ...model.assets.flatMap(({ at }) => at),
    ...model.entryPoints.map(({ at }) => at),
    ...model.peers.flatMap(({ at }) => at),
    ...model.threats.flatMap(({ controls, open }) => [...controls, ...open].flatMap(({ at }) => at)),
  ]
  expect(cited.length).toBeGreaterThan(10)
  for (const { file, line } of cited) {
    expect(line).toBeGreaterThan(0)
    expect(line).toBeLessThanOrEqual(lines.get(file) ?? 0)
  }
  const ids = [model.entryPoints, model.peers, model.boundaries, model.threats].flatMap((list) =>
    list.map(({ id }) => id),
  )
  expect(new Set(ids).size).toBe(ids.length)
})

test('Django: paths from its configuration, views of both kinds, decorators', async () => {
  const model = await build({
    'shop/urls.py': `from django.urls import path
from . import views
urlpatterns = [path("offers/", views.OfferList.as_view()), path("offers/<int:pk>/edit", views.edit)]
`,
    'shop/views.py': `from django.contrib.auth.decorators import login_required
from django.views import View
from django.contrib.auth.mixins import LoginRequiredMixin

class OfferList(LoginRequiredMixin, View):
    def get(self, request):
        return None
    def post(self, request):
        return None

@login_required
def edit(request, pk):
    form.save()
`,
  })
  expect(model.entryPoints.map(({ name, authenticated }) => [name, authenticated])).toEqual([
    ['reads /offers (OfferList.get)', true],
    ['changes /offers (OfferList.post)', true],
    ['changes /offers/<int:pk>/edit', true],
  ])
})

test('a program without a network: its arguments are the way in', async () => {
  const model = await build({
    'tool.py': 'import argparse, subprocess\nparser = argparse.ArgumentParser()\nsubprocess.run(["ls"])\n',
  })
  expect(model.boundaries.map(({ from, to }) => [from, to])).toEqual([
    ['whoever starts it', 'the program'],
    ['the program', 'the machine it runs on'],
  ])
})

test('a file that cannot be read is named, not passed over', async () => {
  const model = await build({ 'broken.py': 'def f(:\n  [[\n' })
  expect(model.notAnalysed).toEqual(['broken.py'])
  expect(model.questions).toContain('How is the program used? No way in was found in its text.')
})

test('the same files give the same model, and every form of it holds all abuse cases', async () => {
  const [one, two] = [await build(express), await build(express)]
  expect(JSON.stringify(two)).toBe(JSON.stringify(one))
  for (const text of [renderText(one), renderMarkdown(one), renderHtml(one)])
    for (const { id } of one.threats) expect(text).toMatch(new RegExp(`\\b${id}\\b`))
  const page = renderHtml({ ...one, name: '<script>alert(1)</script>' })
  expect(page).not.toContain('<script>')
  expect(page).toContain('pay.acme.dev')
})
