import type { Delta } from '@cairn/agent'
import { stableLength } from './stable-length.ts'
import type { TuiState } from './tui-state.ts'

/** Moves what is finished of the running speech into the blocks; with `all`, the rest of it too. */
export function commitSpeech(state: TuiState, all: boolean): void {
  const { speech } = state
  const end = all ? speech.text.length : stableLength(speech.text, speech.shown)
  if (end <= speech.shown) return
  const text = speech.text.slice(speech.shown, end)
  if (text.trim() !== '') state.blocks.push({ kind: 'said', text, begins: speech.shown === 0 })
  speech.shown = end
}

/** Takes a piece of the stream in place. Nothing of it is in the journal yet: the answer comes as an event. */
export function reduceDelta(state: TuiState, delta: Delta): void {
  switch (delta.type) {
    case 'text':
      if (state.doing !== 'writing' && state.speech.text !== '') state.speech.text += '\n\n'
      state.doing = 'writing'
      state.speech.text += delta.text
      // Only an empty line can finish something.
      if (delta.text.includes('\n')) commitSpeech(state, false)
      break
    case 'reasoning':
      state.doing = 'thinking'
      break
    case 'call':
      state.doing = `preparing ${delta.tool}`
      break
    case 'void':
      commitSpeech(state, true)
      if (state.speech.text !== '')
        state.blocks.push({
          kind: 'notice',
          tone: 'warn',
          mark: '↻',
          text: 'the answer broke off: what stands above of it is void, it begins anew',
        })
      state.speech = { text: '', shown: 0 }
      state.doing = 'trying again'
      break
  }
}
