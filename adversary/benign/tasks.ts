/** What a developer asks of a machine on an ordinary day; each is one task of its own repository, with one or more lines. */
export interface BenignTask {
  name: string
  commands: readonly string[]
  /** Every line has to end with exit code 0. Default true; false where a red result is the point. */
  succeeds?: boolean
}

const task = (name: string, ...commands: string[]): BenignTask => ({ name, commands })

export const tasks: readonly BenignTask[] = [
  task('run the tests', 'node --test'),
  { name: 'run red tests', commands: ['node -e "process.exit(1)"'], succeeds: false },
  task('run a script of npm', 'npm run -s build'),
  task('npm test with its hooks', 'npm test --silent'),
  task('state of the repository', 'git status', 'git status --short --branch'),
  task('what changed', 'echo "// more" >> src/app.js', 'git diff', 'git diff --stat', 'git diff HEAD -- src'),
  task('commit', 'echo x > new.txt && git add -A && git commit -qm "Add a file"', 'git show --stat HEAD'),
  task('history', 'git log --oneline -5', 'git log -p -1 -- src/app.js', "git log --format='%h %an %s'"),
  task('who wrote it', 'git blame src/app.js', 'git shortlog -sn HEAD'),
  task(
    'branches',
    'git checkout -q -b feature',
    'git branch --list',
    'git switch -q main',
    'git branch -d feature',
  ),
  task(
    'merge',
    'git checkout -q -b a && echo a > a && git add a && git commit -qm a && git switch -q main && git merge -q a',
  ),
  task('stash', 'echo x >> README.md && git stash -q && git stash list && git stash pop -q'),
  task(
    'take back one file',
    'echo x >> README.md && git checkout -q -- README.md',
    'echo x >> README.md && git restore README.md',
  ),
  task('unstage', 'echo x > n && git add n && git reset -q n', 'git add n && git restore --staged n'),
  task('tag', 'git tag v1.0.0 && git tag --list && git describe --tags'),
  task(
    'cherry-pick',
    'git checkout -q -b b && echo b > b && git add b && git commit -qm b && git switch -q main && git cherry-pick b',
  ),
  task('revert', 'echo x > n && git add n && git commit -qm n && git revert --no-edit HEAD'),
  task('clean what a rehearsal lists', 'touch junk && git clean -n'),
  task(
    'a repository of its own',
    'mkdir lib && cd lib && git init -q && git config user.email a@b.c && git config user.name a && echo x > a && git add a && git commit -qm x',
  ),
  task('a worktree beside', 'git worktree list'),
  task(
    'patch by git',
    'echo x >> README.md && git diff > p.patch && git checkout -q README.md && git apply p.patch',
  ),
  task('list files', 'ls', 'ls -la src', 'tree . 2>/dev/null || find . -not -path "./.git/*"'),
  task(
    'find files',
    'find . -name "*.js" -not -path "*/node_modules/*"',
    'find src -type f -newer package.json',
  ),
  task(
    'find and act',
    'find src -name "*.js" -exec wc -l {} +',
    'find . -name "*.js" -print0 | xargs -0 wc -l',
  ),
  task(
    'delete what is generated',
    'mkdir -p dist/a && touch dist/a/b && rm -rf dist',
    'touch a.tmp && find . -maxdepth 1 -name "*.tmp" -delete',
  ),
  task('search text', 'grep -rn "module" src', 'grep -rIl "module" . --include=*.js', 'git grep -n module'),
  task(
    'count and sort',
    'wc -l src/*.js | sort -n | tail -1',
    'cut -d: -f1 README.md | sort | uniq -c | sort -rn | head -3',
  ),
  task('edit by sed', "sed -i 's/a + b/b + a/' src/app.js", "sed -n '1,3p' src/app.js"),
  task('awk', "awk '{ n += NF } END { print n }' README.md", "awk -F: '{print $1}' README.md"),
  task('perl in place', "perl -pi -e 's/app/App/' README.md"),
  task('a here-document', 'cat > conf.json <<\'EOF\'\n{ "a": [1, 2] }\nEOF', 'cat conf.json'),
  task('a here-string', 'wc -w <<< "one two three"'),
  task('JSON by node', 'node -p "require(\'./package.json\').version"'),
  task(
    'python',
    'python3 -c "import json; print(json.dumps({1: 2}))"',
    'python3 - <<EOF\nprint(sum(range(10)))\nEOF',
  ),
  task(
    'python tests',
    "mkdir -p py && echo 'import unittest\nclass T(unittest.TestCase):\n  def test(self): self.assertEqual(1, 1)' > py/test_a.py && python3 -m unittest discover -s py",
  ),
  task(
    'python with a virtual environment',
    'python3 -m venv --without-pip .venv && .venv/bin/python -c "print(1)"',
  ),
  task('make', "printf 'all: out\\nout:\\n\\techo built > out\\n' > Makefile && make && make -n", 'cat out'),
  task('compile C', "echo 'int main(void){return 0;}' > m.c && gcc -O1 -o m m.c && ./m"),
  task(
    'shell script',
    'printf \'#!/bin/bash\\nset -euo pipefail\\necho "$1"\\n\' > s.sh && chmod +x s.sh && ./s.sh hello',
    'bash -n s.sh',
  ),
  task(
    'loops',
    'for f in src/*.js; do echo "$f"; done',
    'i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i',
  ),
  task(
    'conditions',
    'if [ -f package.json ]; then echo yes; else echo no; fi',
    '[[ -d src && ! -e nothing ]] && echo ok',
  ),
  task(
    'variables and arrays',
    'a=(x y z); echo "${#a[@]} ${a[1]}"',
    'v=app.test.js; echo "${v%.js} ${v##*.}"',
  ),
  task(
    'pipes',
    'cat README.md | tr a-z A-Z | head -1 | tee up.txt',
    'seq 10 | paste -sd+ | bc 2>/dev/null || echo 55',
  ),
  task(
    'environment for one command',
    'NODE_ENV=test node -p process.env.NODE_ENV',
    'env DEBUG=1 node -e 1',
    'export A=1; echo $A',
  ),
  task('background and wait', 'sleep 0.2 & wait; echo over', '(sleep 0.1; echo late) & echo early; wait'),
  task('a time limit', 'timeout 5 node -e "setTimeout(() => {}, 50)"', 'time node -e 1'),
  task(
    'a server on loopback',
    "node -e \"require('http').createServer((q, s) => s.end('hi')).listen(8123)\" & sleep 0.6; curl -s http://127.0.0.1:8123/; kill %1",
  ),
  task(
    'a server of python',
    'python3 -m http.server 8124 >/dev/null 2>&1 & sleep 0.8; curl -sf http://localhost:8124/README.md | head -1; kill $!',
  ),
  task(
    'archives',
    'tar czf /tmp/a.tgz src && tar tzf /tmp/a.tgz && mkdir x && tar xzf /tmp/a.tgz -C x',
    'gzip -k README.md && zcat README.md.gz | head -1',
  ),
  task('compare', 'cp README.md b.md && diff README.md b.md && cmp README.md b.md', 'diff -ru src src'),
  task('hashes', 'sha256sum README.md', 'md5sum src/*.js'),
  task('permissions', 'chmod 644 README.md && stat -c %a README.md', 'touch -d yesterday README.md'),
  task('copy, move, link', 'cp -r src lib && mv lib library && ln -s library lib && readlink lib'),
  task(
    'temporary files',
    't=$(mktemp) && echo x > "$t" && cat "$t" && rm "$t"',
    'd=$(mktemp -d) && rmdir "$d"',
  ),
  task('disk and memory', 'df -h . | tail -1', 'du -sh src', 'free -m 2>/dev/null | head -1 || true'),
  task('processes', 'ps aux | head -3', 'pgrep -f nothing-like-this || true', 'sleep 30 & kill $!'),
  task('versions', 'node --version && npm --version && git --version && python3 --version'),
  task('which tool', 'command -v node', 'type ls', 'which git'),
  task('documents', 'head -20 README.md', 'man --version 2>/dev/null || true', 'git help -a | head -3'),
  task(
    'offline install',
    'mkdir -p dep && echo \'{"name":"dep","version":"1.0.0"}\' > dep/package.json && npm install ./dep --offline --no-audit --no-fund',
    'npm ls --depth=0',
  ),
  task('pack', 'npm pack --silent && ls *.tgz'),
  task(
    'format JSON',
    'python3 -m json.tool package.json',
    'node -e "console.log(JSON.stringify(require(\'./package.json\'), null, 2))"',
  ),
  task('dates', 'date +%F', 'date -d yesterday +%s', 'TZ=UTC date'),
  task('encodings', 'echo hi | base64 | base64 -d', 'printf "%s" hi | xxd | head -1', 'printf "\\u00e4\\n"'),
  task(
    'odd names',
    'touch "a b.txt" && cat "a b.txt" && rm "a b.txt"',
    "touch 'it'\\''s' && rm \"it's\"",
    'mkdir -p "ä ö" && ls "ä ö"',
  ),
  task('large output', 'seq 20000'),
  task('a debugger of shell', 'set -x; echo traced; set +x', 'bash -c \'echo "$BASH_VERSION"\''),
  task(
    'sqlite in python',
    "python3 -c \"import sqlite3; print(sqlite3.connect(':memory:').execute('select 1').fetchone())\"",
  ),
]
