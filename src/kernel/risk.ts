import type { Needs, Supplied } from "./service.ts"

export const severities = ["critical", "warn", "info"] as const
export type Severity = (typeof severities)[number]

/** How a risk shows in this instance. */
export interface Exposure {
  /** `critical`: others can get in or at secrets · `warn`: one step from it · `info`: worth knowing */
  severity: Severity
  /** What was found, for the person who runs this instance. Never a secret. */
  detail: string
  /** What to do about it, as a command or a sentence. */
  remediation?: string
  /** What `security audit --fix` does about it; doing it twice is harmless. */
  fix?: { describe: string; apply(): Promise<unknown> | void }
}

export interface Risk<N extends Needs = Needs> {
  /** The `checkId` scripts know it by (contract 08 §11); never changes. */
  readonly id: string
  readonly title: string
  readonly needs: N
  /** Only looks: what was found, or null when there is nothing to say. */
  detect(needs: Supplied<N>): Promise<Exposure | null> | Exposure | null
}

/** Declares one thing that makes an instance easier to attack, for `fased security audit`. */
export const risk = <const N extends Needs = {}>(
  declaration: Omit<Risk<N>, "needs"> & { needs?: N },
): Risk<N> => ({ needs: {} as N, ...declaration })

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds risks of every shape
export type AnyRisk = Risk<any>
