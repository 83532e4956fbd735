import type { Needs, Supplied } from "./service.ts"

/** A path a fix may change; of a folder only itself, unless all it holds is meant. */
export type Touched = string | { inside: string }

export interface Check<F = unknown, N extends Needs = Needs> {
  /** `<folder>.<what>` */
  readonly id: string
  readonly title: string
  /** `error`: fased cannot do its job · `warn`: it can, but someone should look · `hint`: the next step */
  readonly severity: "error" | "warn" | "hint"
  readonly needs: N
  /** Checks whose ground must hold first; this one is skipped when they found something. */
  readonly after?: readonly AnyCheck[]
  /** Depends on where it is asked from: made in the shell, even where a running gateway answers for the rest. */
  readonly here?: true
  /** Looks at the whole machine: only made with `--deep`. */
  readonly deep?: true
  /** Advice on how to work, which `--no-workspace-suggestions` leaves out. */
  readonly tip?: true
  /** Only looks: what was found, or null when all is well. */
  detect(needs: Supplied<N>): Promise<F | null> | F | null
  /** Speaks to the person who has the problem. */
  explain(finding: F): string
  /** The command or act that helps, where there is no automatic fix. */
  next?(finding: F): string
  readonly fix?: {
    /** Nothing when there is no fix for this finding. */
    describe(finding: F): string | undefined
    /** Every file it may change, kept before so that the fix can be taken back. */
    touches?(finding: F, needs: Supplied<N>): readonly Touched[]
    /** What will differ, `- before` and `+ after`, where the description does not say it all. No secrets. */
    preview?(finding: F, needs: Supplied<N>): Promise<readonly string[]> | readonly string[]
    /** Replaces what somebody may want to keep: only done with `--force`. */
    readonly aggressive?: true
    /** Rewrites this instance's own files and nothing that runs: also done with `--non-interactive`. */
    readonly migration?: true
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
