import { pinTls } from "../../client/pin.ts"
import type { Target } from "../../client/target.ts"
import { openInBrowser } from "../browser.ts"
import { command } from "../command.ts"
import { withCredentials } from "../credentials.ts"
import { dashboardLink } from "../dashboard-link.ts"
import { findTarget } from "../gateway-client.ts"

export const dashboard = command({
  about:
    "Prints the Control UI's address with the token in it: whoever has this link is signed in.",
  args: {
    open: { type: "boolean", default: true, description: "Only print the link; open no browser" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased dashboard", "open it in the browser"],
    ["fased dashboard --no-open", "only print the link"],
  ],
  async run({ open, json }, { out, env, paths, version, ...context }) {
    const target = await withCredentials(findTarget({}, { paths, env }), { paths, env })
    const url = dashboardLink(target)
    if (json) out.json({ url })
    else out.print(out.paint.accent(url))
    if (!(await answers(target)))
      out.note(
        `${out.notePaint.warn("note:")} no gateway answers there yet. Start one with: fased start`,
      )
    if (!open || json || !context.interactive) return 0
    if (!openInBrowser(url, env))
      out.note(
        `No browser here? From your own machine: ssh -N -L ${new URL(url).port}:127.0.0.1:${new URL(url).port} user@host`,
      )
    return 0
  },
})

const answers = async ({ url, tlsFingerprint }: Target) => {
  try {
    const tls = tlsFingerprint ? (await pinTls(url, tlsFingerprint, 1000)).tls : undefined
    const signal = AbortSignal.timeout(1000)
    return (await fetch(`${url.replace(/^ws/, "http")}/healthz`, { signal, tls })).ok
  } catch {
    return false
  }
}
