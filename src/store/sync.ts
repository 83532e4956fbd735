import { closeSync, fdatasync, openSync } from "node:fs"

/**
 * Waits until what was written to a file is on the platter, off the main thread: a slow disk makes
 * one caller wait, not all of them. Calls that come while a sync runs share the next one, since the
 * one under way may have begun before their write.
 */
export class Syncer {
  #file: number | undefined
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(private readonly path: string) {}

  synced(): Promise<void> {
    this.#next ??= this.#after(this.#running)
    return this.#next
  }

  close() {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  async #after(earlier: Promise<void> | undefined) {
    await earlier?.catch(() => {})
    this.#next = undefined
    const sync = this.#sync()
    this.#running = sync
    await sync
  }

  #sync() {
    const done = Promise.withResolvers<void>()
    this.#file ??= openSync(this.path, "r")
    fdatasync(this.#file, (error) => (error ? done.reject(error) : done.resolve()))
    return done.promise
  }
}
