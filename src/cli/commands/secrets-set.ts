import { formatPath, parsePath } from "../../config/path.ts"
import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { usage } from "../faults.ts"
import { readHidden } from "../hidden-input.ts"
import { runningHolder } from "../instance.ts"
import { prepareSecretsReload } from "../secrets-reload.ts"
import { keepAndRun, openSecrets, printApplied } from "../secrets.ts"

export const secretsSet = command({
  about:
    "Asks for the secret, or reads it from standard input, so that it stands in no command line. " +
    "It goes to secrets.json in the state folder, which only you can read; the config refers to it.",
  args: {
    path: {
      type: "positional",
      required: true,
      description: "The setting, e.g. gateway.auth.token",
    },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  words: true,
  examples: [
    ["fased secrets set models.providers.openai.apiKey", "asks for it"],
    [
      "pass show openai | fased secrets set models.providers.openai.apiKey",
      "from a password manager",
    ],
  ],
  async run({ path: text, json, _: words }, context) {
    if (words.length > 1) throw secretInArguments(text)
    const path = parsePath(text)
    const named = formatPath(path)
    const [instance, { targetTypes, typeOf }, store, { notSecret }, { scrubAll }] =
      await Promise.all([
        openSecrets(context),
        import("../../secrets/targets.ts"),
        import("../../secrets/own-store.ts"),
        import("../../secrets/faults.ts"),
        import("../../secrets/plan.ts"),
      ])
    const { settings, sections } = instance
    if (!typeOf(targetTypes(sections), path)) throw notSecret({ path: named })
    const value = await readHidden(
      { message: named, again: `fased secrets set ${named}` },
      context,
      json ?? false,
    )
    const state = settings.current()
    const { state: folder } = context.paths
    const plan = {
      moves: [{ path, ref: store.ownRef(path, state) }],
      providerUpserts: store.ownProvider(state, folder),
      providerDeletes: [],
      options: scrubAll,
    }
    const fetchAnew = await prepareSecretsReload(context)
    const report = await keepAndRun([{ path, value }], plan, instance, context, {
      newValues: true,
    })
    const reloaded = await fetchAnew()
    if (json)
      return context.out.json({ path: named, store: store.ownStore(folder), ...report, reloaded })
    context.out.print(`${context.out.paint.good("Kept")} in ${store.ownStore(folder)}`)
    if (report.changed) printApplied(report, context, { isTold: true })
    printReloaded(reloaded, context)
  },
})

/** Without the words themselves: one of them is the secret. */
const secretInArguments = (path: string) =>
  usage({
    problem: "A secret is not given as an argument: other users and the shell's history see it.",
    hint: onStandardInput(path),
  })

const onStandardInput = (path: string) =>
  `Type it at a terminal, or: printf %s "$SECRET" | fased secrets set ${path}`

const printReloaded = (reloaded: boolean | undefined, context: Context) => {
  const { out } = context
  if (reloaded) return out.print("The running gateway has fetched it: it counts from now on.")
  if (reloaded === undefined) return
  const again = out.paint.accent(fased(context, "secrets reload"))
  const pid = runningHolder(context.paths.state)?.pid
  out.print(
    `${out.paint.warn("!")} The running gateway may still use the one of before. Have it fetch this one with: ${again}${pid ? `, or: kill -HUP ${pid}` : ""}`,
  )
}
