import type { FilePlan } from '../plan/make-plan.ts'
import { parseLocalization, type LocalizedFaults } from '../plan/parse-localization.ts'
import type { SourceFile } from '../syntax/source-file.ts'
import { call, giveUp, lastStep, say, type Action, type Limits } from './action.ts'
import { filesSeen } from './files-seen.ts'
import { declaredCheck, isRepairTask, namedCheck, taskText } from './find-task.ts'
import { openNotes, readRefuted } from './refuted.ts'
import { recallTrial } from './recall-trial.ts'
import type { Room } from './room.ts'
import { notes, searchStep } from './search-step.ts'
import type { Transcript } from './transcript.ts'

const notMine =
  'I am the embedded engine: I mend failing checks of JavaScript and TypeScript projects by trying small changes, and can do nothing else. For this task a language model is needed: set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY, choose one with --model, or run one on this machine (for example Ollama: --model openai-compatible/NAME --base-url http://127.0.0.1:11434/v1).'

function findCheck(transcript: Transcript): string | null {
  const named = namedCheck(transcript)
  if (named !== null) return named
  const ran = transcript.steps.find(
    (step) =>
      (step.tool === 'localize' || step.tool === 'experiment') && typeof step.args['command'] === 'string',
  )
  if (typeof ran?.args['command'] === 'string') return ran.args['command']
  const text = filesSeen(transcript).get('package.json')?.text
  if (text !== null && text !== undefined) return declaredCheck(text) ?? 'node --test'
  return transcript.steps.some((step) => step.tool === 'read' && step.args['path'] === 'package.json')
    ? 'node --test'
    : null
}

/**
 * The whole behaviour, as a function of what the request shows: run the check, localise, read, try patches in batches,
 * apply the best, and again until the check is green or nothing is left to try.
 */
export function nextAction(
  transcript: Transcript,
  plan: (file: SourceFile, faults: LocalizedFaults) => FilePlan,
  limits: Limits,
  room: Room,
): Action {
  const { steps, tools } = transcript
  if (!isRepairTask(taskText(transcript)))
    return transcript.userTexts.some((text) => text.startsWith('Not accepted'))
      ? giveUp(transcript, notMine, 'the task itself')
      : say(notMine)
  const check = findCheck(transcript)
  if (check === null)
    return say('I look for the check of this project.', call('read', { path: 'package.json' }))

  const written =
    lastStep(steps, (step) => (step.tool === 'edit' || step.tool === 'apply_patch') && step.ok)?.index ?? -1
  const run = lastStep(steps, (step) => step.tool === 'exec' && step.args['command'] === check)
  const found = lastStep(steps, (step) => step.tool === 'localize' && step.ok && step.index > written)
  const begun = readRefuted(transcript).size > 0
  if (found === undefined && !begun && (run === undefined || run.index < written)) {
    // Kept in a note, the check is known even when nothing of this start is shown any more.
    const known = namedCheck(transcript) === check || !tools.has('note')
    const text = `The check command is \`${check}\``
    const note = known ? [] : [call('note', { type: 'command', key: 'check', text })]
    return say(`I run the check: \`${check}\`.`, ...note, call('exec', { command: check }))
  }
  if (run !== undefined && run.ok && run.index > written) return finish(transcript, check)
  if (!tools.has('localize') || !tools.has('experiment'))
    return giveUp(
      transcript,
      `\`${check}\` fails. Without the tools \`localize\` and \`experiment\` I cannot try changes, so I change nothing.`,
      `\`${check}\` fails`,
    )
  const again = recallTrial(transcript)
  if (again !== null) return again
  const localize = { command: check, ...(room.compact ? { tokens: Math.max(60, room.result) } : {}) }
  const open = notes(transcript, openNotes(transcript))
  if (found === undefined)
    return say('The check is red. I look where the fault lies.', ...open, call('localize', localize))
  if (found.elided !== null) {
    const smaller = shrink(transcript, room)
    return say(
      'The localisation is not shown whole: I ask again.',
      ...open,
      ...smaller,
      call('localize', localize),
    )
  }
  const faults = parseLocalization(found.text)
  if (faults === null) {
    if (/the check passes/.test(found.text) && (run === undefined || run.index < found.index))
      return say('I run the check again.', call('exec', { command: check }))
    return giveUp(
      transcript,
      `\`${check}\` fails, and I cannot tell where: ${found.text.split('\n')[0] ?? ''}`,
      `\`${check}\` fails`,
    )
  }
  return searchStep(transcript, { check, localize, faults, plan, limits, room })
}

/** Localisations cut off in a row after which less is asked for: fewer may be due to a switch in between. */
const cutOften = 3

/** A note that makes the room smaller, where again and again too much was asked for. */
function shrink({ steps, tools }: Transcript, room: Room): Action['calls'] {
  const localizations = steps.filter((step) => step.tool === 'localize')
  const cut = localizations.length - 1 - localizations.findLastIndex((step) => step.elided === null)
  if (!tools.has('note') || cut % cutOften !== 0) return []
  const tokens = room.compact ? Math.floor(room.result / 0.15 / 2) : 8_000
  return [call('note', { type: 'fact', key: 'repair-room', text: `The repair room is ${tokens} tokens` })]
}

function finish(transcript: Transcript, check: string): Action {
  const mended = [
    ...new Set(
      [
        ...transcript.everything.matchAll(/Mended (.+?)\. It (?:makes|fixes) [^(]*\(candidate ([\w.+]+)\)/g),
      ].map((match) => (match[1] ?? '').replaceAll('\\"', '"')),
    ),
  ]
  const changed = transcript.steps.some((step) => step.tool === 'edit' && step.ok) || mended.length > 0
  const summary = changed
    ? `\`${check}\` passes. Mended: ${mended.join('; ') || 'see the edits'}.`
    : `\`${check}\` passes already; nothing was changed.`
  if (!transcript.tools.has('finish')) return say(summary)
  return say(
    summary,
    call('finish', {
      summary,
      claims: [{ claim: `\`${check}\` passes on the files as they are`, evidence: [check] }],
    }),
  )
}
