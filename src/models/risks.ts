import { risk } from "../kernel/risk.ts"
import { models, type ModelsConfig } from "./config.ts"
import { isPrivateHost } from "../kernel/private-host.ts"

/** Providers by where their address leads. */
const providersAt = ({ providers }: ModelsConfig, fits: (url: URL) => boolean) =>
  Object.entries(providers).flatMap(([id, { baseUrl, request }]) =>
    baseUrl && fits(new URL(baseUrl)) ? [{ id, baseUrl: new URL(baseUrl).origin, request }] : [],
  )

export const plainHttp = risk({
  id: "models.plain_http",
  title: "A model is reached without encryption",
  needs: { models },
  detect({ models }) {
    const open = providersAt(
      models,
      ({ protocol, hostname }) => protocol === "http:" && !isPrivateHost(hostname),
    )
    return open.length
      ? {
          severity: "warn",
          detail: `${open.map(({ id, baseUrl }) => `${id} (${baseUrl})`).join(", ")}: the key and every conversation travel readable.`,
          remediation: open
            .map(({ id }) => `fased config set models.providers.${id}.baseUrl https://…`)
            .join(" && "),
        }
      : null
  },
})

export const privateNetwork = risk({
  id: "models.private_network",
  title: "A model is reached in a private network",
  needs: { models },
  detect({ models }) {
    const inside = providersAt(models, ({ hostname }) => isPrivateHost(hostname)).filter(
      ({ request }) => request.allowPrivateNetwork,
    )
    return inside.length
      ? {
          severity: "info",
          detail: `${inside.map(({ id, baseUrl }) => `${id} (${baseUrl})`).join(", ")}. That is fine for a server you run; conversations and the key go there.`,
        }
      : null
  },
})
