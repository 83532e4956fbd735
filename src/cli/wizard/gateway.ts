import { networkInterfaces } from "node:os"
import type { GatewayAnswers } from "../../onboard/answers.ts"
import { askName } from "../../gateway/serve-status.ts"
import { tailscaleProgram } from "../../gateway/tailscale-program.ts"
import { weakness } from "../../secrets/compare.ts"
import { wholeNumber } from "../arguments.ts"
import { usage } from "../faults.ts"
import type { Place } from "./place.ts"
import { missing, type Wizard, written } from "./wizard.ts"

/** Where the gateway listens and what it asks for; what nobody speaks of stays as it is. */
export const chooseGateway = async (wizard: Wizard, place: Place): Promise<GatewayAnswers> => {
  const given = fromFlags(wizard, place)
  const answers = wizard.ask && wizard.advanced ? await askGateway(wizard, given, place) : given
  if (place === "hosting" && !answers.tailscale) answers.tailscale = await offerTailscale(wizard)
  return { ...answers, ...origins(wizard, answers) }
}

const fromFlags = ({ args, ...wizard }: Wizard, place: Place): GatewayAnswers => {
  const bind = args["gateway-bind"]
  if (place === "hosting" && bind && bind !== "loopback")
    throw usage({
      problem: `--gateway-bind ${bind} would open the port of a server.`,
      hint: "Leave it out: a server is reached through Tailscale or SSH (or use --host-profile local)",
    })
  const [auth, token, password] = [
    args["gateway-auth"],
    args["gateway-token"],
    args["gateway-password"],
  ]
  if (token && password)
    throw usage({ problem: "--gateway-token and --gateway-password exclude each other." })
  requireStrong("--gateway-token", token)
  requireStrong("--gateway-password", password)
  const hasPassword = password ?? written(wizard, "gateway", "auth", "password")
  if (auth === "password" && hasPassword === undefined && !wizard.ask)
    throw missing("--gateway-password", "what clients must present with --gateway-auth password")
  const tailscale = args.tailscale
  const isPassword = (auth ?? written(wizard, "gateway", "auth", "mode")) === "password" || password
  if (tailscale === "funnel" && !isPassword)
    throw usage({
      problem: "--tailscale funnel opens the gateway to the internet, and needs a password.",
      hint: "Add --gateway-auth password --gateway-password <password>, or use --tailscale serve",
    })
  return {
    port: wholeNumber("--gateway-port", args["gateway-port"], { min: 1, max: 65_535 }),
    bind,
    auth,
    token,
    password,
    tailscale,
  }
}

const requireStrong = (flag: string, secret: string | undefined) => {
  const weak = secret === undefined ? undefined : (weakness(secret) ?? blank(secret))
  if (weak) throw usage({ problem: `${flag} is no secret to guard a gateway with: ${weak}.` })
}
const blank = (secret: string) => (secret.trim() ? undefined : "it is empty")

const askGateway = async (
  wizard: Wizard,
  given: GatewayAnswers,
  place: Place,
): Promise<GatewayAnswers> => {
  const { context } = wizard
  const ask = wizard.ask!
  const answers = { ...given }
  const port = Number(written(wizard, "gateway", "port") ?? context.paths.defaultPort)
  if (answers.port === undefined) {
    const typed = await ask.text({
      message: "Port of the gateway",
      initial: `${port}`,
      check: (text) =>
        /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
          ? undefined
          : "A port is a number from 1 to 65535.",
    })
    if (Number(typed) !== port) answers.port = Number(typed)
  }
  if (!answers.bind && place === "local") {
    const now = written(wizard, "gateway", "bind") ?? "loopback"
    const bind = await ask.select<"loopback" | "lan" | "tailnet">({
      message: "Who can reach the port?",
      options: [
        { value: "loopback", label: "This machine only", hint: "recommended" },
        { value: "tailnet", label: "My tailnet", hint: "needs Tailscale to run here" },
        { value: "lan", label: "Everyone in the local network" },
      ],
      initial: now as "loopback",
    })
    if (bind !== now) answers.bind = bind
  }
  if (!answers.auth && !answers.token && !answers.password) {
    const now = written(wizard, "gateway", "auth", "mode") ?? "token"
    const auth = await ask.select<"token" | "password">({
      message: "What must a client present?",
      options: [
        { value: "token", label: "A token", hint: "made for you, long and random" },
        { value: "password", label: "A password", hint: "of your own" },
      ],
      initial: now as "token",
    })
    if (auth !== now) answers.auth = auth
  }
  const hasPassword = written(wizard, "gateway", "auth", "password") !== undefined
  if (answers.auth === "password" && !answers.password && !hasPassword)
    answers.password = await ask.secret({
      message: "The password",
      check: (text) => {
        const weak = weakness(text)
        return weak && `That cannot guard a gateway: ${weak}.`
      },
    })
  return answers
}

/** A server that is in a tailnet has the best way in already. */
const offerTailscale = async (wizard: Wizard): Promise<GatewayAnswers["tailscale"]> => {
  const { ask, context } = wizard
  const now = written(wizard, "gateway", "tailscale", "mode") ?? "off"
  if (!ask || now !== "off") return undefined
  const machine = await askName(tailscaleProgram(context.env))
  if (!("name" in machine)) return undefined
  const message = `Reach it from your tailnet, at https://${machine.name}/?`
  return (await ask.confirm({ message })) ? "serve" : undefined
}

/** Beyond this machine a browser comes from an address that has to be named. */
const origins = (
  wizard: Wizard,
  { bind, port }: GatewayAnswers,
): Pick<GatewayAnswers, "origins"> => {
  if (!bind || bind === "loopback" || bind === "auto") return {}
  if (written(wizard, "gateway", "controlUi", "allowedOrigins") !== undefined) return {}
  const scheme = written(wizard, "gateway", "tls", "enabled") === true ? "https" : "http"
  const at = port ?? written(wizard, "gateway", "port") ?? wizard.context.paths.defaultPort
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
  return { origins: outside.map(({ address }) => `${scheme}://${address}:${String(at)}`) }
}
