import { command } from "../command.ts"
import { askPart, type Part, parts, readParts } from "../wizard/configure.ts"
import { apply, openWizard, untilCancelled } from "../wizard/open.ts"
import type { Wizard } from "../wizard/wizard.ts"
import { makeWorkspace } from "../wizard/workspace.ts"
import { listHint } from "../arguments.ts"

export const configure = command({
  about:
    "Goes through one part of the setup again, and writes it when its questions are answered. " +
    "What is not asked about stays as it is. In a script use fased config set, or fased onboard --non-interactive.",
  args: {
    section: {
      type: "string",
      valueHint: listHint,
      description: `Parts to go through: ${Object.keys(parts).join(", ")}`,
    },
  },
  examples: [
    ["fased configure", "choose what to go through"],
    ["fased configure --section model", "another model, or a new key"],
  ],
  async run({ section }, context) {
    const wanted = readParts(section)
    const wizard = await openWizard({}, context, "onboard")
    return untilCancelled(wizard, async () => {
      const ask = wizard.ask!
      ask.intro("fased configure")
      for (const part of wanted) await goThrough(wizard, part)
      while (!wanted.length) {
        const part = await ask.select<Part | "done">({
          message: "What shall be set up?",
          options: [
            ...Object.entries(parts).map(([value, part]) => ({ value: value as Part, ...part })),
            { value: "done", label: "Nothing more" },
          ],
        })
        if (part === "done") break
        await goThrough(wizard, part)
      }
      ask.outro("Done.")
      return 0
    })
  },
})

/** Asks, writes, and reads again what the next part will be weighed against. */
const goThrough = async (wizard: Wizard, part: Part) => {
  const { settings, context } = wizard
  const ask = wizard.ask!
  const { answers, after } = await askPart(wizard, part)
  if (Object.keys(answers).length) {
    const { changed } = await apply(answers, wizard, "configure")
    if (changed.length) ask.good(`Changed ${changed.join(", ")}`)
    else ask.say("Nothing was changed.")
    wizard.state = await settings.read()
    if (changed.some((path) => path.startsWith("agents."))) await makeWorkspace(settings, context)
  }
  await after?.()
}
