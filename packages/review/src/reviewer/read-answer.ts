import { z } from 'zod'

const SAID = z.object({
  file: z.string().min(1).max(1_000),
  line: z.number().int().min(1),
  quote: z.string().max(2_000),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  confidence: z.number().min(0).max(1),
  title: z.string().min(1).max(300),
  message: z.string().min(1).max(4_000),
  patch: z.string().max(60_000).nullish(),
})

/** A finding as the reviewer says it, not believed yet. */
export type SaidFinding = z.infer<typeof SAID>

const ANSWER = z.object({ findings: z.array(z.unknown()).max(200) })

/** The last JSON object of an answer: in a fence, or from the first brace to the last. */
function jsonOf(text: string): unknown {
  const fences = [...text.matchAll(/```(?:json)?\s*\n([\s\S]*?)\n\s*```/gu)].map(([, body]) => body ?? '')
  const plain = text.slice(Math.max(0, text.indexOf('{')), text.lastIndexOf('}') + 1)
  for (const body of [...fences.toReversed(), plain])
    try {
      return JSON.parse(body)
    } catch {
      // The next one may be whole.
    }
  return null
}

/** Reads what the reviewer says; null where it is no answer. `malformed`: findings that were not what was asked for. */
export function readAnswer(text: string): { findings: SaidFinding[]; malformed: number } | null {
  const answer = ANSWER.safeParse(jsonOf(text))
  if (!answer.success) return null
  const read = answer.data.findings.map((each) => SAID.safeParse(each))
  const findings = read.flatMap((each) => (each.success ? [each.data] : []))
  return { findings, malformed: read.length - findings.length }
}
