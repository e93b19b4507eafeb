import { describe, expect, it } from 'vitest'
import { calibrate, FIRST_FACTOR, newCalibration } from './calibration.ts'

const calm = { switched: false, usable: 100_000 }

describe('calibrate', () => {
  it('is right after one report, then moves by a fifth', () => {
    const state = newCalibration()
    calibrate(state, 1_000, 1_800, calm)
    expect(state.factor).toBeCloseTo(1.8)
    for (let n = 0; n < 10; n++) calibrate(state, 1_000, 1_800, calm)
    calibrate(state, 1_000, 1_300, calm)
    expect(state.factor).toBeCloseTo(1.7)
  })

  it('stays within half and twice, and ignores counts that are none', () => {
    const state = newCalibration()
    calibrate(state, 1_000, 0, calm)
    calibrate(state, 1_000, 90_000, calm)
    expect(state.factor).toBe(FIRST_FACTOR)
    calibrate(state, 1_000, 3_900, calm)
    expect(state.factor).toBe(2)
  })

  it('stops believing a full window that stays full after a switch, until a count is plausible', () => {
    const state = newCalibration()
    calibrate(state, 20_000, 194_000, { switched: true, usable: 190_000 })
    expect(state.distrusted).toBe(true)
    calibrate(state, 24_000, 194_000, { switched: false, usable: 190_000 })
    expect(state).toMatchObject({ distrusted: true, factor: FIRST_FACTOR })
    calibrate(state, 24_000, 26_000, { switched: false, usable: 190_000 })
    expect(state.distrusted).toBe(false)
  })
})
