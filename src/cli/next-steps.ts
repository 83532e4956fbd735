import { fased } from "./command.ts"
import type { Context } from "./command.ts"
import { columns } from "./table.ts"

/** The three things a person needs once a gateway runs: the page, the first message, the logs. */
export const printNextSteps = (
  context: Context,
  { dashboardUrl, logFile }: { dashboardUrl: string; logFile: string },
) => {
  const { out } = context
  const { accent, muted } = out.paint
  const rows = [
    [
      ["Dashboard", muted],
      [dashboardUrl, accent],
    ],
    [
      ["Say hello", muted],
      [fased(context, 'agent --message "hello"'), accent],
    ],
    [["Logs", muted], logFile],
  ] as const
  out.print()
  for (const line of columns(rows, { indent: "  ", gap: 3 })) out.print(line)
  out.print()
  if (context.program !== "fased")
    out.print(muted(`Where it says fased, type ${context.program}: it is not on your PATH.`))
}
