#!/usr/bin/env sh
':' //; here=$(readlink -f -- "$0" 2>/dev/null || echo "$0"); here=${here%/*}; . "$here/launch.sh"; exit 1
// Node called this file itself: to it the line above is only a string. The shell below then picks the right Node.
'use strict'
const { spawn } = require('node:child_process')
const child = spawn('/bin/sh', [__filename, ...process.argv.slice(2)], { stdio: 'inherit' })
// Whoever ends this process means the session: it is passed on, and the end of the session is waited for.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  console.error(`cairn: cannot start /bin/sh: ${error.message}`)
  process.exitCode = 1
})
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})
