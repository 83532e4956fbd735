type Step = () => unknown

/** What has been begun and is to be ended again, the last first. */
export const createUndo = () => {
  const steps: Step[] = []
  return {
    add: (step: Step) => void steps.push(step),
    /** Takes every step, whatever becomes of the ones before it; throws the first failure at the end. */
    async all() {
      const failures: unknown[] = []
      for (const step of steps.splice(0).reverse())
        try {
          await step()
        } catch (error) {
          failures.push(error)
        }
      if (failures.length) throw failures[0]
    },
  }
}
export type Undo = ReturnType<typeof createUndo>
