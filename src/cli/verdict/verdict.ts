import type { PortHolder } from "../../gateway/ports.ts"
import { fased } from "../command.ts"
import type { Context } from "../command.ts"
import { printable } from "../printable.ts"
import type { Probe } from "../probe.ts"
import type { Standing } from "../standing.ts"

/** Whether an instance is fine, and if not, what to type. */
export interface Verdict {
  /** The same from version to version, for programs. */
  state: string
  /** `attention`: it works, and somebody should look. */
  grade: "well" | "attention" | "broken"
  /** One sentence. */
  says: string
  /** What to type, the likeliest first. */
  next: Step[]
}

export interface Step {
  run: string
  to: string
}

/** Makes a step of a command of this instance. */
export type Type = (rest: string, to: string) => Step
export type Reason = NonNullable<Probe["error"]>

export const typing =
  (context: Pick<Context, "program" | "instance">): Type =>
  (rest, to) => ({ run: fased(context, rest), to })

export const broken = (state: string, says: string, ...next: Step[]): Verdict => ({
  state,
  grade: "broken",
  says,
  next,
})

export const attention = (...verdict: Parameters<typeof broken>): Verdict => ({
  ...broken(...verdict),
  grade: "attention",
})

export const isRunning = ({ holder, service }: Standing) =>
  holder !== undefined || service.runtime?.state === "running"

/** A restart through whoever started it. */
export const again = ({ service }: Standing, type: Type) =>
  service.runtime?.state === "running"
    ? [type("gateway restart", "restart it")]
    : [type("start", "start it again, after Ctrl-C where it runs")]

/** Out of the way of whoever has the port. */
export const moveAway = ({ target }: Standing, type: Type) =>
  type(
    `config set gateway.port ${Number(new URL(target.url).port) + 20}`,
    "give this instance a port of its own",
  )

/** A process to a person: `nginx, pid 12`. */
export const who = ({ command, pid }: PortHolder) => `${printable(command, 40)}, pid ${pid}`
