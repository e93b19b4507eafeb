import type { Event } from '@cairn/journal'
import { textTokens } from '../project/tokens.ts'
import { calibrate, newCalibration, type Calibration } from './calibration.ts'
import type { PriceVector } from './prices.ts'
import { meterCall, newMeter, type Meter, type SchedulerParams } from './scheduler.ts'

/** What the decision to switch depends on. Part of the fold; reset or carried over at each epoch. */
export interface Pace {
  meter: Meter
  calibration: Calibration
  /** R: expected tokens of rework after a switch; and the rework of the running epoch. */
  rework: number
  reworkNow: number
  /** Actions whose result left the context at the last switch: doing them again is rework. */
  left: Set<string>
  /** Something has come to an end since the last answer. */
  boundary: boolean
  planDone: number
  /** Model answers in this epoch. */
  answers: number
  /** Estimated and reported input of the newest answer; 0 where nothing was reported. */
  lastRaw: number
  lastReported: number
  lastAnswerTime: number | null
  /** Failures of the newest request since the last answer: it was too large, or had native records of no use. */
  overflows: number
  badNative: boolean
  /** There was a switch before. */
  switched: boolean
}

/** R before anything is learnt, in tokens: about two files read again. */
const FIRST_REWORK = 5_000
/** Weight of the newest epoch in R, and tokens of making a call again. */
const LEARN = 0.3
const CALL_TOKENS = 60

export function newPace(): Pace {
  return {
    meter: newMeter(),
    calibration: newCalibration(),
    rework: FIRST_REWORK,
    reworkNow: 0,
    left: new Set(),
    boundary: false,
    planDone: 0,
    answers: 0,
    lastRaw: 0,
    lastReported: 0,
    lastAnswerTime: null,
    overflows: 0,
    badNative: false,
    switched: false,
  }
}

/** Takes an answer to a request whose input was estimated at `raw` tokens. */
export function paceAnswer(
  pace: Pace,
  event: Event<'model.answered'>,
  raw: number,
  params: SchedulerParams,
  usable: number,
): void {
  const x = raw * pace.calibration.factor
  meterCall(pace.meter, { x, g: Math.max(0, raw - pace.lastRaw), boundary: pace.boundary }, params)
  const reported = event.body.usage.input
  calibrate(pace.calibration, raw, reported, { switched: pace.switched && pace.answers === 0, usable })
  pace.answers++
  pace.lastRaw = raw
  pace.lastReported = reported
  pace.lastAnswerTime = event.time
  pace.boundary = false
  pace.overflows = 0
  pace.badNative = false
}

/** Takes every other event. `action` names the call of a result. */
export function paceEvent(pace: Pace, event: Event, action: string | null, prices: PriceVector): void {
  switch (event.kind) {
    case 'user.message':
      pace.boundary = true
      return
    case 'check.finished':
      pace.boundary ||= event.body.ok
      return
    case 'tool.done':
      pace.boundary ||= event.body.check?.ok === true
      if (action !== null && pace.left.delete(action))
        pace.reworkNow += prices.write * textTokens(event.body.output) + prices.output * CALL_TOKENS
      return
    case 'plan.updated': {
      const done = event.body.items.filter((item) => item.status === 'done').length
      pace.boundary ||= done > pace.planDone
      pace.planDone = done
      return
    }
    case 'model.failed':
      if (event.body.code === 'context-overflow' || event.body.code === 'too-large') pace.overflows++
      if (event.body.code === 'bad-native') pace.badNative = true
      return
    default:
  }
}

/** R with the rework of the running epoch in it. */
export function learntRework(pace: Pace): number {
  return pace.answers === 0 ? pace.rework : pace.rework + LEARN * (pace.reworkNow - pace.rework)
}

/** A new epoch begins with what its report carries over. `left`: actions whose results are no longer shown. */
export function paceSwitch(
  pace: Pace,
  carried: { calibration: Calibration; rework: number },
  left: Set<string>,
): void {
  pace.meter = newMeter()
  pace.calibration = { ...carried.calibration }
  pace.rework = carried.rework
  pace.reworkNow = 0
  pace.left = left
  pace.answers = 0
  pace.lastRaw = 0
  pace.lastReported = 0
  pace.overflows = 0
  pace.badNative = false
  pace.switched = true
}
