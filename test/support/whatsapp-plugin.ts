/** The plugin as it is, before a server of the test's own: run in the plugin's process. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { DEFAULT_CONNECTION_CONFIG, WA_CERT_DETAILS } from "baileys"
import type { ChannelPlugin } from "../../src/plugins/author.ts"
import { plugin as real } from "../../src/plugins/whatsapp/index.ts"

const hosts = /^https:\/\/mmg\.whatsapp\.net|^https:\/\/web\.whatsapp\.com/

const point = ({ authDir }: Record<string, unknown>) => {
  const text = readFileSync(join(String(authDir), "network.json"), "utf8")
  const { url, rootKey } = JSON.parse(text) as { url: string; rootKey: string }
  DEFAULT_CONNECTION_CONFIG.waWebSocketUrl = `${url.replace("http", "ws")}/ws/chat`
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, "hex")
  const { fetch } = globalThis
  globalThis.fetch = Object.assign(
    (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
      const address = String(input)
      if (!hosts.test(address)) throw new Error(`nobody is to ask ${address}`)
      return fetch(address.replace(hosts, url), init)
    },
    { preconnect: fetch.preconnect },
  )
}

export const plugin: ChannelPlugin = {
  connect(config, context) {
    point(config)
    return real.connect(config, context)
  },
  login(config, context, step) {
    point(config)
    return real.login!(config, context, step)
  },
  logout(config, context) {
    point(config)
    return real.logout!(config, context)
  },
}
