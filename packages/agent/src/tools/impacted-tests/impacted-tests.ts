import { z } from 'zod'
import { describeImpactedTests, findImpactedTests } from '../../impact/impacted-tests.ts'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({
  since: z.string().min(1).optional().describe('Commit to compare with; default HEAD.'),
})

/** Only reads: the command that it gives is decided on like any other. */
export function impactedTestsTool(check: string, root: string): Tool {
  return defineTool({
    name: 'impacted_tests',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'read',
    schema,
    async run(args) {
      const found = await findImpactedTests(check, root, args.since)
      return { ok: true, output: describeImpactedTests(check, found) }
    },
  })
}
