import { expect, test } from 'vitest'
import { auditFiles } from '../audit.ts'

const found = async (files: Record<string, string>) =>
  (
    await auditFiles(
      Object.entries(files).map(([path, text]) => ({ path, text })),
      { today: '2026-01-01' },
    )
  ).findings.map((one) => `${one.rule} ${one.place.file}:${one.place.line}`)

const sink = "import { exec } from 'child_process'\nexport function run(c) { exec(c + ' -l') }\n"
const route = (imports: string, call: string) =>
  `${imports}\nimport express from 'express'\nexpress().get('/', (req) => { ${call} })\n`

test.each([
  ['a relative import', { 'a.ts': route("import { run } from './b.js'", 'run(req.query.c)'), 'b.ts': sink }],
  [
    'a re-export',
    {
      'a.ts': route("import { run } from './lib'", 'run(req.query.c)'),
      'lib/index.ts': "export * from './b'",
      'lib/b.ts': sink,
    },
  ],
  [
    'a default object',
    {
      'a.ts': route("import lib from './b'", 'lib.run(req.query.c)'),
      'b.ts': `${sink}export default { run }`,
    },
  ],
  [
    'an alias of tsconfig',
    {
      'tsconfig.json': '{"compilerOptions":{"baseUrl":".","paths":{"#lib/*":["src/lib/*"]}}}',
      'src/a.ts': route("import { run } from '#lib/b'", 'run(req.query.c)'),
      'src/lib/b.ts': sink,
    },
  ],
  [
    'require',
    {
      'a.js': "const { run } = require('./b')\nrequire('express')().get('/', (req) => run(req.query.c))",
      'b.js': "const { exec } = require('child_process')\nmodule.exports = { run: (c) => exec(c + ' -l') }",
    },
  ],
  [
    'a package of Python',
    {
      'app/views.py':
        'from flask import request\nfrom .lib.shell import run\n@bp.route("/")\ndef view():\n    run(request.args["c"])\n',
      'app/lib/__init__.py': '',
      'app/lib/shell.py': 'import os\ndef run(c):\n    os.system("ls " + c)\n',
    },
  ],
  [
    'a module imported whole',
    {
      'web/views.py':
        'from flask import request\nfrom web import shell\n@bp.route("/")\ndef view():\n    shell.run(request.args["c"])\n',
      'web/shell.py': 'import os\ndef run(c):\n    os.system("ls " + c)\n',
    },
  ],
])('%s is followed', async (_name, files) => {
  const findings = await found(Object.fromEntries(Object.entries(files)))
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatch(/^command-injection /u)
})

const view = (body: string) =>
  `import os, traceback, logging\nfrom flask import request, jsonify\n@app.route("/")\ndef view():\n${body.replace(/^/gm, '    ')}\n`

test.each([
  [
    'a comprehension',
    'os.system(" ".join([x for x in request.args.getlist("x")]))',
    'os.system(" ".join([str(int(x)) for x in request.args.getlist("x")]))',
  ],
  ['an f-string', 'os.system(f"ls {request.args[\'x\']}")', 'os.system(f"ls {int(request.args[\'x\'])}")'],
  [
    'with',
    'with open("/srv/" + request.args["x"]) as f:\n    f.read()',
    'with open("/srv/" + os.path.basename(request.args["x"])) as f:\n    f.read()',
  ],
  [
    'a check that leaves',
    'x = request.args["x"]\nif not x:\n    return ""\nos.system("ls " + x)',
    'x = request.args["x"]\nif x not in ("a", "b"):\n    return ""\nos.system("ls " + x)',
  ],
  [
    'an error shown to strangers',
    'try:\n    work()\nexcept Exception as e:\n    return jsonify(error=str(e)), 500',
    'try:\n    work()\nexcept Exception as e:\n    logging.exception(e)\n    return jsonify(error="failed"), 500',
  ],
  [
    'an error of a named kind, which was expected',
    'try:\n    work()\nexcept Exception:\n    return traceback.format_exc(), 500',
    'try:\n    work()\nexcept ValueError as e:\n    return jsonify(error=str(e)), 400',
  ],
  [
    'the items of what was sent',
    'for k, v in request.get_json().items():\n    setattr(user, k, v)',
    'for k, v in request.get_json().items():\n    if k in ("name", "city"):\n        setattr(user, k, v)',
  ],
])('Python: %s', async (_name, bad, good) => {
  expect(await found({ 'a.py': view(bad) })).toHaveLength(1)
  expect(await found({ 'a.py': view(good) })).toEqual([])
})

const handler = (line: string) =>
  `const express = require('express'), app = express(), zlib = require('zlib'), path = require('path')\napp.get('/:id', async (req, res) => { try { work() } catch (err) { ${line} } })`

test.each([
  [
    'the stack of an error',
    'res.status(500).json({ error: err.stack })',
    'res.status(500).json({ error: err.message })',
  ],
  [
    'a stack on the machine of a developer',
    'res.json({ stack: err.stack })',
    "res.json({ stack: process.env.NODE_ENV === 'production' ? undefined : err.stack })",
  ],
  [
    'an origin that is repeated',
    "res.set('Access-Control-Allow-Origin', req.get('origin'))",
    "if (LIST.includes(req.get('origin'))) res.set('Access-Control-Allow-Origin', 'https://a.example')",
  ],
  [
    'an archive without a limit',
    'zlib.gunzipSync(req.body)',
    'zlib.gunzipSync(req.body, { maxOutputLength: 1000 })',
  ],
  [
    'a path below a folder by path.relative',
    'res.sendFile(path.resolve(ROOT, req.query.f))',
    "const f = path.resolve(ROOT, req.query.f); if (path.relative(ROOT, f).startsWith('..')) return; res.sendFile(f)",
  ],
  [
    'the host after a scheme',
    "fetch('https://' + req.query.host + '/x')",
    "fetch('https://api.example.com/' + encodeURIComponent(req.query.host))",
  ],
  [
    'a spread body',
    'await User.create({ ...req.body })',
    'await User.create({ name: String(req.body.name) })',
  ],
])('JavaScript: %s', async (_name, bad, good) => {
  expect(await found({ 'a.js': handler(bad) })).toHaveLength(1)
  expect(await found({ 'a.js': handler(good) })).toEqual([])
})

test('a record of a person is asked for together with its owner', async () => {
  const orders = (where: string) => `const Order = require('./order')
module.exports = (router) => {
  router.get('/orders/:id', authenticate, async (req, res) => { res.json(await Order.findOne(${where})) })
  router.get('/orders', authenticate, async (req, res) => { res.json(await Order.find({ owner: req.user.id })) })
}`
  expect(await found({ 'a.js': orders('{ _id: String(req.params.id) }') })).toEqual([
    'missing-owner-check a.js:3',
  ])
  expect(await found({ 'a.js': orders('{ _id: String(req.params.id), owner: req.user.id }') })).toEqual([])
})

test('a file whose functions take too long is named, and the others are looked at', async () => {
  const name = (index: number) => `f${index}`
  const body = Array.from({ length: 40 }, (_, index) => `x = x + g(x, ${index}) + a[${index}].b.c.d`).join(
    '\n',
  )
  const many = Array.from(
    { length: 1200 },
    (_, index) => `function ${name(index)}(x, a) {\n${body}\nreturn x }`,
  ).join('\n')
  const result = await auditFiles(
    [
      { path: 'generated.js', text: many },
      { path: 'app.js', text: "require('express')().get('/', (req) => eval(req.query.x))" },
    ],
    { today: '2026-01-01' },
  )
  expect(result.shortened).toEqual(['generated.js'])
  expect(result.findings.map((one) => one.place.file)).toEqual(['app.js'])
})
