import {
  CURSOR_MARKER,
  Editor,
  KeybindingsManager,
  setKeybindings,
  truncateToWidth,
  TUI_KEYBINDINGS,
  visibleWidth,
  type AutocompleteProvider,
  type TUI,
} from '@earendil-works/pi-tui'
import type { Paint } from '../../output/paint.ts'
import { ESC } from './only-colours.ts'

const FAKE_CURSOR = new RegExp(`${ESC}\\[7m(.*?)${ESC}\\[0m`, 'gu')
const MARGIN = 2
/** Stands for the rule that is not there. */
const NO_ROW = '\u0000'

/** Where a message is written: pi-tui's editor with a prompt, a placeholder and the terminal's own cursor. */
export class Composer extends Editor {
  readonly #paint: Paint
  placeholder = ''
  /** What the rule says. */
  status: () => string = () => ''

  constructor(tui: TUI, paint: Paint, provider: AutocompleteProvider) {
    setKeybindings(
      new KeybindingsManager(TUI_KEYBINDINGS, {
        'tui.input.newLine': ['shift+enter', 'alt+enter', 'ctrl+j'],
      }),
    )
    super(
      tui,
      {
        borderColor: paint.dim,
        selectList: {
          selectedPrefix: paint.cyan,
          selectedText: paint.cyan,
          description: paint.dim,
          scrollInfo: paint.dim,
          noMatch: paint.dim,
        },
      },
      { autocompleteMaxVisible: 6 },
    )
    this.#paint = paint
    this.setAutocompleteProvider(provider)
  }

  /** The rule above carries the status: below the cursor nothing may be that wraps when the terminal gets narrower. */
  protected override renderTopBorder(width: number, hidden: number): string {
    const full = width + MARGIN
    const more = hidden === 0 ? '' : this.#paint.dim(` ↑ ${hidden} more`)
    const status = truncateToWidth(`${this.status()}${more}`, full - 6, '…')
    const rest = Math.max(0, full - visibleWidth(status) - 4)
    return `${this.#paint.dim('──')} ${status} ${this.#paint.dim('─'.repeat(rest))}`
  }

  protected override renderBottomBorder(width: number, hidden: number): string {
    return hidden === 0 ? NO_ROW : this.#paint.dim(`─── ↓ ${hidden} more `.padEnd(width, '─'))
  }

  /** Rows with a prompt before the first; a row of spaces at the end of a line would be a line of its own when it wraps. */
  override render(width: number): string[] {
    const [rule = '', ...rows] = super.render(width - MARGIN)
    const shown = rows.map((row) => row.replace(FAKE_CURSOR, '$1').trimEnd())
    if (this.getText() === '')
      shown[0] = `${this.focused ? CURSOR_MARKER : ''}${this.#paint.dim(this.placeholder)}`
    return [
      rule,
      ...shown
        .filter((row) => row !== NO_ROW)
        .map((row, at) => `${at === 0 ? this.#paint.cyan('›') : ' '} ${row}`.trimEnd()),
    ]
  }
}
