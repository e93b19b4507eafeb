/** Runs tasks with at most `width` of them at a time. Results keep the order of the tasks. */
export async function runAll(tasks, width = 2) {
  const results = new Array(tasks.length)
  let next = 0
  async function worker() {
    while (next < tasks.length) {
      const index = next++
      try {
        results[index] = { status: 'ok', value: await tasks[index]() }
      } catch (error) {
        results[index] = { status: 'failed', reason: error.message }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, tasks.length) }, worker))
  return results
}
