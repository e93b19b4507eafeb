export const TAX_CLASSES = {
  standard: 20,
  reduced: 7,
  exempt: 0,
}

export function rateOf(taxClass) {
  const rate = TAX_CLASSES[taxClass]
  if (rate === undefined) throw new Error(`unknown tax class ${taxClass}`)
  return rate
}
