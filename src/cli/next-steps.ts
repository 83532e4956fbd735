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

/** The same for a link that carries the token: elsewhere than on a terminal it would end up in a log. */
export const printWayIn = (
  context: Context,
  { link, logFile }: { link: string; logFile: string },
) => {
  const { out } = context
  const dashboardUrl = out.tty ? link : link.replace(/#.*$/, "")
  printNextSteps(context, { dashboardUrl, logFile })
  if (dashboardUrl !== link)
    out.print(
      out.paint.muted(`For the link that signs you in: ${fased(context, "dashboard --no-open")}`),
    )
}
