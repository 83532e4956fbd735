import {
  closeSync,
  fchmodSync,
  fstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs"
import { dirname } from "node:path"
import type { Clock } from "../kernel/clock.ts"
import { privateFolder } from "../store/files.ts"
import { asideName, datedFile, seriesOf } from "./files.ts"

export interface Limits {
  maxFileBytes: number
  maxTotalBytes: number
}

/**
 * Appends to the day's file, begins a new one each day and when one is full, and keeps all of them
 * within the quota. Never throws: a full disk costs log lines, not the gateway.
 */
export class Appender {
  #open: { file: number; path: string; size: number } | undefined
  /** Lines lost since the last that could be written. */
  #lost = 0
  #torn = false
  #lookedAt = 0

  constructor(
    private readonly options: {
      folder: string
      /** One file for ever instead of one a day. */
      fixed: () => string | undefined
      clock: Clock
      limits: () => Limits
      /** Told once when writing begins to fail. */
      failed: (path: string, error: Error) => void
      /** The line that says how many are missing. */
      lostLine: (count: number) => string
    },
  ) {}

  get path() {
    return this.options.fixed() ?? datedFile(this.options.folder, this.options.clock.now())
  }

  append(lines: readonly string[]) {
    const path = this.path
    try {
      const open = this.#ready(path, lines)
      const missing = this.#lost ? this.options.lostLine(this.#lost) : ""
      const bytes = Buffer.from((this.#torn ? "\n" : "") + missing + lines.join(""))
      for (let at = 0; at < bytes.length;) {
        const written = writeSync(open.file, bytes, at)
        this.#torn = true
        at += written
        open.size += written
      }
      this.#torn = false
      this.#lost = 0
    } catch (error) {
      if (!this.#lost) this.options.failed(path, error as Error)
      this.#lost += lines.length
      this.close()
    }
  }

  close() {
    if (!this.#open) return
    const { file } = this.#open
    this.#open = undefined
    try {
      closeSync(file)
    } catch {
      // Nothing more can be done for a file that will not close.
    }
  }

  #ready(path: string, lines: readonly string[]) {
    const { maxFileBytes, maxTotalBytes } = this.options.limits()
    const cap = Math.min(maxFileBytes, maxTotalBytes)
    if (this.#open?.path !== path || this.#isGone()) this.close()
    const open = (this.#open ??= this.#start(path, maxTotalBytes - cap))
    const coming = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0)
    if (!open.size || open.size + coming <= cap) return open
    this.close()
    renameSync(path, asideName(path))
    return (this.#open = this.#start(path, maxTotalBytes - cap))
  }

  #start(path: string, forOthers: number) {
    privateFolder(dirname(path))
    const file = openSync(path, "a", 0o600)
    fchmodSync(file, 0o600)
    discardOldest(path, forOthers)
    return { file, path, size: fstatSync(file).size }
  }

  /** Someone may have moved or removed the file; looked at once a second. */
  #isGone() {
    const now = this.options.clock.now()
    if (!this.#open || Math.abs(now - this.#lookedAt) < 1_000) return false
    this.#lookedAt = now
    return (
      statSync(this.#open.path, { throwIfNoEntry: false })?.ino !== fstatSync(this.#open.file).ino
    )
  }
}

/** Removes the oldest files beside `current` until the rest take no more than `allowed` bytes. */
const discardOldest = (current: string, allowed: number) => {
  const others = seriesOf(current).filter(({ path }) => path !== current)
  let total = others.reduce((sum, { size }) => sum + size, 0)
  for (const { path, size } of others) {
    if (total <= allowed) return
    rmSync(path, { force: true })
    total -= size
  }
}
