import type { Standing } from "../standing.ts"
import { again, broken, isRunning, moveAway, who } from "./verdict.ts"
import type { Reason, Type } from "./verdict.ts"

/** A gateway answers, and does not let us in. */
export const refused = (standing: Standing, { code, message, hint = "" }: Reason, type: Type) => {
  const { target, port } = standing
  const url = target.url
  const isOwn = target.kind === "local" && isRunning(standing)
  if (target.kind === "local" && !isOwn && port) return strangersPort(standing, port, type)
  switch (code) {
    case "client.unauthorized":
      return wrongCredential(standing, type)
    case "client.not-paired":
      return broken(
        "not-paired",
        message,
        {
          run: /fased devices \S+(?: \S+)?/.exec(hint)?.[0] ?? "fased devices list",
          to: "on the gateway's machine, let this one in",
        },
        type("gateway status", "try again"),
      )
    case "client.locked-out":
      return broken("locked-out", `${message} ${hint}`, type("gateway status", "try again then"))
    case "client.certificate-mismatch":
    case "client.certificate-untrusted":
      return broken(
        "certificate",
        message,
        { run: "fased gateway status", to: "on the gateway's machine, see its fingerprint" },
        type(
          "config set gateway.remote.tlsFingerprint <sha256>",
          "pin it, when it is the right one",
        ),
      )
    case "client.timeout":
      return broken(
        "no-answer",
        `A gateway is at ${url}, but ${message[0]?.toLowerCase()}${message.slice(1)}`,
        type("logs --follow", "see what it is doing"),
        ...(isOwn ? again(standing, type) : []),
      )
    case "client.gateway-busy":
    case "client.closed":
      return broken("busy", message, type("gateway status", "try again in a moment"))
    default:
      return broken("refused", message, type("logs", "see why"))
  }
}

const wrongCredential = ({ target: { credential, kind, url } }: Standing, type: Type) => {
  const sent =
    credential === "none found"
      ? "and none was found to send"
      : `and that from ${credential} is not its own`
  const says = `The gateway at ${url} asks for a credential, ${sent}.`
  if (credential.startsWith("--") || kind === "explicit")
    return broken(
      "wrong-credential",
      says,
      type("dashboard --no-open", "on the gateway's machine, see the right token"),
    )
  if (credential.startsWith("FASED_"))
    return broken("wrong-credential", says, {
      run: `unset ${credential}`,
      to: "let the config's count",
    })
  if (kind === "remote")
    return broken(
      "wrong-credential",
      says,
      type("config set gateway.remote.token <token>", "give this machine the right one"),
    )
  return broken(
    "wrong-credential",
    says,
    type("gateway restart", "have the service take the one in the config"),
    type("doctor", "find out where the other one comes from"),
  )
}

/** Somebody else has the port of a gateway that does not run. */
const strangersPort = (standing: Standing, port: NonNullable<Standing["port"]>, type: Type) => {
  const number = Number(new URL(standing.target.url).port)
  if (port.command === "ssh")
    return broken(
      "tunnel",
      `Port ${number} is an SSH tunnel (pid ${port.pid}), and the gateway at its other end does not let this one in.`,
      type(`gateway status --url ws://127.0.0.1:${number} --token <its token>`, "ask that gateway"),
      { run: `kill ${port.pid}`, to: "end the tunnel" },
    )
  return broken(
    "other-instance",
    `Port ${number} belongs to another instance's gateway (${who(port)}); this instance's own does not run.`,
    moveAway(standing, type),
    type("start", "then run it"),
  )
}
