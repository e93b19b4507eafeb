import { parseCargo } from './cargo.ts'
import { parseCompiler } from './compiler.ts'
import { parseEslint } from './eslint.ts'
import { parseGoTest } from './go-test.ts'
import { parseJava } from './java.ts'
import { parseJest } from './jest.ts'
import { parseJunitXml } from './junit-xml.ts'
import { parseMocha } from './mocha.ts'
import { parseNodeSpec } from './node-spec.ts'
import { parsePytest } from './pytest.ts'
import { uniqueIds, type ParsedOutput } from './parsed-output.ts'
import { parseScript } from './script.ts'
import { parseTap } from './tap.ts'
import { parseTsc } from './tsc.ts'
import { parseUnittest } from './unittest.ts'
import { parseVitest } from './vitest.ts'

/** In this order: a report that a runner prints is surer than diagnostics, which may stand in the output of anything. */
const PARSERS = [
  parseJunitXml,
  parseNodeSpec,
  parseTap,
  parseVitest,
  parseJest,
  parseMocha,
  parsePytest,
  parseUnittest,
  parseGoTest,
  parseCargo,
  parseJava,
  parseTsc,
  parseEslint,
  parseCompiler,
]

/**
 * Reads what a check printed. The first parser that recognises the text wins; without one, the exit code decides.
 * A run that failed always has at least one failure, whatever was printed.
 */
export function parseOutput(
  text: string,
  options: { roots: readonly string[]; exit: number | null },
): ParsedOutput {
  const { roots, exit } = options
  const plain = stripControl(text)
  for (const parse of PARSERS) {
    const parsed = parse(plain, roots)
    if (parsed === null) continue
    if (exit === 0 || parsed.failures.length > 0)
      return { ...parsed, failures: exit === 0 ? [] : uniqueIds(parsed.failures) }
    return { ...parsed, failures: parseScript(plain, roots, exit).failures }
  }
  const parsed = parseScript(plain, roots, exit)
  return { ...parsed, failures: uniqueIds(parsed.failures) }
}

const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g')

/** Text without colour codes and carriage returns. */
function stripControl(text: string): string {
  return text.replace(colour, '').replaceAll('\r', '')
}
