/** Minutes between two times of day such as `22:30` and `02:15`; a shift may go past midnight. */
export function minutesBetween(start, end) {
  const [from, to] = [start, end].map(parseTime)
  return to >= from ? to - from : to + 24 * 60 - from
}

function parseTime(text) {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text)
  if (match === null) throw new Error(`not a time: ${text}`)
  return Number(match[1]) * 60 + Number(match[2])
}
