import { expect, test } from 'vitest'
import { auditFiles } from '../audit.ts'

const found = async (path: string, text: string) =>
  (await auditFiles([{ path, text }], { today: '2026-01-01' })).findings.map(
    (one) => `${one.rule}:${one.place.line}`,
  )

const router = (guard: string) => `const router = require('express').Router()
router.get('/rooms', requireUser, rooms.list)
router.delete('/rooms/:id', ${guard}rooms.remove)
router.post('/login', rooms.login)
`
const session = (more: string) => `const app = require('express')()
app.use(require('express').urlencoded({ extended: false }))
const session = require('express-session')
app.use(session({ secret: process.env.S, cookie: { httpOnly: true, secure: true${more.startsWith(',') ? more : ''} } }))
${more.startsWith(',') ? '' : more}
app.post('/mail', (req, res) => users.change(req.session.id, req.body.mail))
`

test.each([
  ['a route beside protected ones', 'r.js', router(''), router('requireUser, '), 'missing-authentication:3'],
  [
    'the check in front of the whole router',
    'r.js',
    router(''),
    `router.use(requireUser)\n${router('')}`,
    'missing-authentication:3',
  ],
  ['a session in a cookie and no token', 'a.js', session(''), session(", sameSite: 'lax'"), 'csrf-missing:4'],
  ['a token for forms', 'a.js', session(''), session('app.use(csurf())'), 'csrf-missing:4'],
  [
    'uploads of any type',
    'u.js',
    "const multer = require('multer')\nmodule.exports = multer({ dest: 'public/' })",
    "const multer = require('multer')\nmodule.exports = multer({ dest: 'public/', fileFilter: images })",
    'unrestricted-upload:2',
  ],
  [
    'a password over plain HTTP',
    'l.js',
    "fetch('http://login.example.net/', { method: 'POST', body: JSON.stringify({ password }) })",
    "fetch('https://login.example.net/', { method: 'POST', body: JSON.stringify({ password }) })",
    'plain-transport:1',
  ],
  [
    'a name in the temporary folder that others can make first',
    't.js',
    "const fs = require('fs')\nfs.writeFileSync('/tmp/out.csv', rows)",
    "const fs = require('fs')\nfs.writeFileSync('/tmp/out.csv', rows, { flag: 'wx' })",
    'temp-file:2',
  ],
  [
    'a callback that lets every origin in',
    'c.js',
    "const cors = require('cors')\napp.use(cors({ origin: (o, done) => done(null, true) }))",
    "const cors = require('cors')\napp.use(cors({ origin: (o, done) => done(null, LIST.includes(o)) }))",
    'cors-reflected:2',
  ],
  [
    'the folder of the program',
    's.js',
    "const express = require('express')\napp.use(express.static(__dirname))",
    "const express = require('express')\napp.use(express.static(__dirname + '/public'))",
    'exposed-folder:2',
  ],
  [
    'a setting of Django',
    'site/settings.py',
    'SESSION_COOKIE_SECURE = False\n',
    'SESSION_COOKIE_SECURE = True\n',
    'cookie-flags:1',
  ],
  [
    'a setting of Flask',
    'app.py',
    'app.config["WTF_CSRF_ENABLED"] = False\n',
    'app.config["WTF_CSRF_ENABLED"] = True\n',
    'csrf-disabled:1',
  ],
  [
    'middleware without the check of forms',
    'site/settings.py',
    'MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]\n',
    'MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]\n',
    'csrf-disabled:1',
  ],
  [
    'all fields of a user',
    'serializers.py',
    'class UserForm(forms.ModelForm):\n    class Meta:\n        model = User\n        fields = "__all__"\n',
    'class UserForm(forms.ModelForm):\n    class Meta:\n        model = User\n        fields = ["mail"]\n',
    'mass-assignment:4',
  ],
])('%s', async (_name, path, bad, good, rule) => {
  expect(await found(path, bad)).toEqual([rule])
  expect(await found(path, good)).toEqual([])
})

test('routes of FastAPI and Nest are compared with their neighbours', async () => {
  const fastapi = (user: string) => `from fastapi import APIRouter, Depends
router = APIRouter()
@router.post("/rooms")
def add(user=Depends(current_user)):
    return rooms.add(user)
@router.delete("/rooms/{room}")
def remove(room: int${user}):
    return rooms.remove(room)
`
  expect(await found('r.py', fastapi(''))).toEqual(['missing-authentication:7'])
  expect(await found('r.py', fastapi(', user=Depends(current_user)'))).toEqual([])
  const nest = (guard: string) => `@Controller('rooms')
export class Rooms {
  @UseGuards(JwtGuard) @Post() add() { return this.rooms.add() }
  ${guard}@Delete(':id') remove(@Param('id') id: string) { return this.rooms.remove(id) }
}
`
  expect((await found('r.ts', nest('')))[0]).toMatch(/^missing-authentication:/u)
  expect(await found('r.ts', nest('@UseGuards(JwtGuard) '))).toEqual([])
})
