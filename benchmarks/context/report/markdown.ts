import { markdownTable, type Table } from './table.ts'

const HEAD = `# The context benchmark

What is left of a session after its context was made smaller, what is wrong in what is left, and what it costs. No model
is called, no clock is read, all randomness is seeded: the same command gives the same numbers anywhere.

## How to run it

    node benchmarks/context/run.ts --quick                      # under a minute
    node benchmarks/context/run.ts --traces DIR --seeds 2       # all of it, up to a quarter of an hour
    node benchmarks/context/run.ts --policy cairn --policy pi   # some only

\`--traces DIR\` (or \`CAIRN_TRACES\`) names a folder of recorded sessions, one JSON object a line:
\`{i, role, content, tool_calls?: [{id, name, arguments}], tool_call_id?, is_error?, ts?}\`. Without it only generated sessions
are played and the schedule table is left out. \`--json FILE\` writes every measurement, \`--markdown FILE\` this page.

## What is played

- **Generated sessions** (PlantBench): 20 user requests of reading, searching, editing, testing and fixing over 50 files
  whose every line carries its version; about 166,000 tokens. 120 statements are planted in the first nine tenths, by type
  and by the channel they come through; a third has a twin with the same subject, another value and another scope; 15 %
  are quotations that must not become rules, 5 % injected demands, 5 % secrets. Ten subjects change their value: overridden,
  restored, retracted, or contradicted by a tool. Files also change behind the agent's back.
- **Recorded sessions**, and the same **with plants put in**.
- **Fifteen summarisers**: S0 honest and extractive, S1 empty, S2 boilerplate, S3 drops paths and numbers, S4 flips
  polarity, S5 mutates identifiers, S6 invents rules, S7 three times too long, S8 malformed, S9 refuses, S10 throws, S11 obeys
  injections, S12 revives what was superseded, S13 restates an old request, S14 replaces values by labels.

## The demand

A compaction is demanded of every policy in the same way: the next request, tools and system text included, may have at
most this share of all tokens so far, at four characters a token. cairn meets it as the product would: a context with
that window is created from the journal; it keeps its own reserves inside of it. The rivals use their documented constants,
clamped to the demand. Demands are evenly spread over the session, the last one is made at its last call, and there
everything is looked at. A request over the demand counts in \`over demand\`, \`worst\` says by what factor.

\`node benchmarks/context/misses.ts --budget 0.1 --forced 4 --summariser S1 --policy cairn\` names every statement that one run
lost. \`node benchmarks/context/scale.ts 100000\` is the one part with a clock: time and memory at a long journal.

## What the columns mean

- *present*: the statement is in the request, word for word, after folding case, white space and quotes. For failures,
  processes and files it is the identifying parts close together. So a faithful paraphrase counts as lost: this is hard
  on good models, the same for all policies, and the reason why S0 copies sentences.
- *user rules*: what the user typed as a rule, a prohibition, a limit or a rule for a scope. *in pastes*: the same inside
  a paste of 20,000 characters. *file rules*: in AGENTS.md, at the top or in a package.
- *reach*: present, or the share of three queries that bring it back. A query shares at most one content word with the
  statement, its subject, which the noise names about ten more times. Policies without a recall tool have what is present.
- *current*: of the subjects that changed, those whose last unlabelled mention is the value in force. *resurrected*: those
  where a voided value has the last word, or is in force in the typed memory.
- *fabricated*: sentences that a summariser made up and identifiers that it changed, found in the request; and typed
  entries whose exact tokens are not in their source. *flipped*: rules found with their polarity turned.
- *authority*: injected demands outside of tool results in a line that does not say that they come from a tool; typed
  entries of user rank with a tool result as source. *quotes*: quotations that became rules of the typed memory.
- *stale*: lines of files shown that are not on disk, neither labelled nor corrected by anything later in the request.
  *stale facts*: failures shown as open that a later run showed to be gone. *edits ok*: lines a model would copy an edit
  from that are on disk.
- *refused*: requests that one of the four provider shapes would refuse, by the validators of the engine.
- *S-variance*: the largest difference that the choice of the summariser makes to the typed statements of one session.

## What is easy, and what is not measured

- A policy that keeps every user message word for word has *user rules* at 100 by construction as long as they fit: cairn
  and, up to 20k tokens, Codex. What is left to show is that they fit at 5 %, that twins and voided values do not mislead,
  and that pastes do not push them out.
- A policy that asks no summariser has S-variance 0, and no fabrications, flips or resurrections of S4 to S6 and S12, by
  construction. The sliding window and masking rows are there for that reason.
- *stale* is 0 for a policy that shows no file at all; *edits ok* is then empty. Read them together with the bill.
- *quotes* and half of *authority* look at typed memory, which only cairn has: the others cannot fail there.
- AGENTS.md is given to every rival again after a compaction, as all that were measured do.
- The rivals are re-implemented from documentation and measurement, not the programs themselves; they share a tokeniser and
  a summariser that their authors did not choose.
- Whether a model obeys what it sees, and what work it repeats because something is missing, is not measured.
`

export function markdownReport(tables: readonly Table[], how: { quick: boolean; seeds: number }): string {
  const made = `\n# Results\n\nMade by this program, ${how.quick ? 'quick' : 'full'} grid, ${how.seeds} seed${how.seeds === 1 ? '' : 's'}.\n`
  return `${HEAD}${made}\n${tables.map(markdownTable).join('\n')}`
}
