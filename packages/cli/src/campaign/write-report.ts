import { findCampaign, htmlReport, openCampaign, pullRequestText } from '@cairn/campaigns'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { stringOption } from '../parse-command-line.ts'
import { campaignPlace } from './open-fleet.ts'

/** Writes the HTML report of a campaign, or prints the text of its pull request. */
export async function writeReport(invocation: Invocation, word: string | null): Promise<number> {
  const { io, values } = invocation
  const { dataDir, now } = campaignPlace(invocation)
  const id = findCampaign(dataDir, word)
  const journal = openCampaign(dataDir, id, { mode: 'reader', now })
  try {
    const text = pullRequestText(id, journal.state)
    if (values['pull-request'] === true) {
      io.stdout.write(text)
      return EXIT.ok
    }
    const path = resolve(io.cwd(), stringOption(values, 'out') ?? `campaign-${id}.html`)
    writeFileSync(path, htmlReport(id, journal.state))
    io.stdout.write(
      values['json'] === true
        ? `${JSON.stringify({ campaign: id, path, pullRequest: text })}\n`
        : `${path}\n`,
    )
    return EXIT.ok
  } finally {
    journal.close()
  }
}
