import type { Context } from "./command.ts"
import { usage } from "./faults.ts"
import { canAsk, openPrompts } from "./prompts.ts"

/** A secret, typed unseen at a terminal or read from standard input; never an argument. */
export const readHidden = async (
  { message, again }: { message: string; again: string },
  context: Context,
  json: boolean,
): Promise<string> => {
  const given = canAsk({ json })
    ? await (
        await openPrompts(context, { json })
      ).secret({
        message,
        check: (text) => (text ? undefined : "Type or paste it; Ctrl-C leaves."),
      })
    : (await new Response(Bun.stdin.stream()).text()).replace(/\r?\n$/, "")
  if (given.trim()) return given
  throw usage({
    problem: "There is no secret on standard input.",
    hint: `Type it at a terminal, or: printf %s "$SECRET" | ${again}`,
  })
}
