import { callSubject } from '@cairn/server'
import { oneLine } from './format.ts'

/** What a tool call is about, in a few words: its most telling argument. */
export const describeCall = (args: string, width: number): string => oneLine(callSubject(args), width)
