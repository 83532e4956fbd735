/** The wire's own error codes (contract 02 §8); a fault's stable id travels in `details.code`. */
export type WireCode =
  "INVALID_REQUEST" | "UNAVAILABLE" | "NOT_PAIRED" | "NOT_LINKED" | "AGENT_TIMEOUT"

/** The `error` object of a response frame. */
export interface WireError {
  code: string
  message: string
  details?: unknown
  retryable?: boolean
  retryAfterMs?: number
}

interface Declaration<D> {
  /** HTTP status this fault answers with. */
  status: number
  message: (data: D) => string
  /** What to do next, as a command or a sentence. */
  hint?: (data: D) => string | undefined
  /** Default: `INVALID_REQUEST` below 500, else `UNAVAILABLE`. */
  wire?: WireCode
  /** More fields for the wire's `details`, which are public. */
  details?: (data: D) => Record<string, unknown>
  /** True when the same request may succeed later. */
  retryable?: boolean
  /** When it may. */
  retryAfterMs?: (data: D) => number
}

/** An error meant for someone outside to read. Anything else that is thrown is a bug. */
export class Fault<D = unknown> extends Error {
  constructor(
    readonly code: string,
    readonly data: D,
    private readonly declaration: Declaration<D>,
    cause?: unknown,
  ) {
    super(declaration.message(data), cause === undefined ? undefined : { cause })
    this.name = "Fault"
  }

  get status() {
    return this.declaration.status
  }

  get hint() {
    return this.declaration.hint?.(this.data)
  }

  toWire(): WireError {
    const { status, wire, details, retryable, retryAfterMs } = this.declaration
    return {
      code: wire ?? (status < 500 ? "INVALID_REQUEST" : "UNAVAILABLE"),
      message: this.message,
      details: { code: this.code, hint: this.hint, ...details?.(this.data) },
      ...(retryable && { retryable }),
      ...(retryAfterMs && { retryAfterMs: retryAfterMs(this.data) }),
    }
  }
}

export interface FaultKind<D> {
  (
    ...args: D extends void ? [data?: undefined, cause?: unknown] : [data: D, cause?: unknown]
  ): Fault<D>
  readonly code: string
  readonly status: number
  /** True when `error` is a fault of this kind. */
  is(error: unknown): error is Fault<D>
}

/** Declares one kind of fault. `code` is `<folder>.<what>` and never changes. */
export const fault = <D = void>(code: string, declaration: Declaration<D>): FaultKind<D> =>
  Object.assign((data?: D, cause?: unknown) => new Fault(code, data as D, declaration, cause), {
    code,
    status: declaration.status,
    is: (error: unknown): error is Fault<D> => error instanceof Fault && error.code === code,
  }) as FaultKind<D>

/** What the outside reads of an error that is not a fault. */
export const internalError: WireError = {
  code: "UNAVAILABLE",
  message: "internal error; the gateway's log has the details (fased logs)",
  details: { code: "internal" },
}

export const toWireError = (error: unknown): WireError =>
  error instanceof Fault ? error.toWire() : internalError
