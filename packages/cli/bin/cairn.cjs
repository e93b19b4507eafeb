#!/bin/sh
":" //; here=$(readlink -f -- "$0" 2>/dev/null || echo "$0"); here=${here%/*}; . "$here/launch.sh"; exit 1
// Node called this file itself: to it the line above is only a string. The shell below then picks the right Node.
'use strict'
const { spawnSync } = require('node:child_process')
const result = spawnSync('/bin/sh', [__filename, ...process.argv.slice(2)], { stdio: 'inherit' })
if (result.error) {
  console.error(`cairn: cannot start /bin/sh: ${result.error.message}`)
  process.exitCode = 1
} else if (result.signal) process.kill(process.pid, result.signal)
else process.exitCode = result.status
