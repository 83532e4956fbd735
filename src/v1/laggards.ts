import { service } from "../kernel/service.ts"

/** Clients that hold their source up, of all requests together. */
export interface Laggards {
  /** `cut` is called when there are too many and this one has been there longest. Gives the way out. */
  add(cut: () => void): () => void
}
export const Laggards = service<Laggards>("laggards")

/** A source that is held up keeps more than a megabyte waiting (in Bun's `fetch`). */
const mostHeld = 32

export const createLaggards = (most = mostHeld): Laggards => {
  const held = new Set<() => void>()
  return {
    add(cut) {
      const mine = () => cut()
      held.add(mine)
      if (held.size > most) {
        const [longest] = held
        held.delete(longest!)
        longest!()
      }
      return () => held.delete(mine)
    },
  }
}
