import type { Needs, Supplied } from "./service.ts"

export interface Check<F = unknown, N extends Needs = Needs> {
  /** `<folder>.<what>` */
  readonly id: string
  readonly title: string
  /** `error`: fased cannot do its job · `warn`: it can, but someone should look · `hint`: the next step */
  readonly severity: "error" | "warn" | "hint"
  readonly needs: N
  /** Checks whose ground must hold first; this one is skipped when they found something. */
  readonly after?: readonly AnyCheck[]
  /** Only looks: what was found, or null when all is well. */
  detect(needs: Supplied<N>): Promise<F | null> | F | null
  /** Speaks to the person who has the problem. */
  explain(finding: F): string
  /** The command or act that helps, where there is no automatic fix. */
  next?(finding: F): string
  readonly fix?: {
    /** Nothing when there is no fix for this finding. */
    describe(finding: F): string | undefined
    /** Running it twice is harmless. */
    apply(finding: F, needs: Supplied<N>): Promise<void> | void
  }
}

/** Declares one doctor check. The CLI, `doctor.run`, the UI and health use the same ones. */
export const check = <F, const N extends Needs = {}>(
  declaration: Omit<Check<F, N>, "needs"> & { needs?: N },
): Check<F, N> => ({ needs: {} as N, ...declaration })

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds checks of every shape
export type AnyCheck = Check<any, any>
