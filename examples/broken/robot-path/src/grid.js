/** A floor plan: `#` is a wall, anything else can be walked on. */
export class Grid {
  constructor(text) {
    this.rows = text.trim().split('\n').map((row) => [...row.trim()])
    this.height = this.rows.length
    this.width = Math.max(...this.rows.map((row) => row.length))
  }

  isFree(row, column) {
    const cell = this.rows[row]?.[column]
    return cell !== undefined && cell !== '#'
  }

  find(mark) {
    for (let row = 0; row < this.height; row++) {
      const column = this.rows[row].indexOf(mark)
      if (column >= 0) return { row, column }
    }
    return null
  }
}
