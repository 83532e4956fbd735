import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { acceptRisk, choosePlace } from "../wizard/place.ts"
import { type OnboardArgs, onboardFlags } from "../wizard/flags.ts"
import { setUpHere } from "../wizard/onboard.ts"
import { setUpRemote } from "../wizard/remote.ts"
import { resetFirst } from "../wizard/reset.ts"
import { openWizard, untilCancelled } from "../wizard/open.ts"

export const onboard = command({
  about:
    "Asks where your assistant lives and which model answers, writes one config, and starts the gateway. " +
    "Every question has a flag; what is set up already stays unless you say otherwise. Ctrl-C leaves everything as it was.",
  args: onboardFlags,
  examples: [
    ["fased onboard", "be asked"],
    ["fased onboard --host-profile hosting --install-daemon", "on a server, as a service"],
    [
      "fased onboard --non-interactive --accept-risk --auth-choice ollama",
      "in a script, with a model on this machine",
    ],
    ["fased onboard --mode remote --remote-url wss://…", "use a gateway that runs elsewhere"],
  ],
  run: (args, context) => runOnboarding(args, context),
})

export const runOnboarding = async (args: OnboardArgs, context: Context) => {
  const wizard = await openWizard(args, context, "onboard")
  return untilCancelled(wizard, async () => {
    wizard.ask?.intro(`fased ${context.version}`)
    await acceptRisk(wizard)
    await resetFirst(wizard)
    const place = await choosePlace(wizard)
    return place === "remote" ? setUpRemote(wizard) : setUpHere(wizard, place)
  })
}
