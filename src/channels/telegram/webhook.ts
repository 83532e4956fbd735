import type { ConnectContext } from "../../kernel/connect-context.ts"
import { connectionOver } from "../../kernel/network.ts"
import { sameSecret } from "../../secrets/compare.ts"
import type { BotApi } from "./api.ts"
import type { TakeUpdate } from "./poll.ts"
import { done, updateKinds } from "./wire.ts"

interface Webhook {
  api: BotApi
  url: string
  path: string
  secret: string
  take: TakeUpdate
  context: Pick<ConnectContext, "mount" | "alive" | "log">
}

/**
 * Lets Telegram deliver updates. It is told 200 once an update was taken, and tells it again after any
 * other answer. The function takes the path down; Telegram keeps what comes meanwhile.
 */
export const listen = async ({ api, url, path, secret, take, context }: Webhook) => {
  if (!/^[\w-]{16,256}$/.test(secret)) throw unfitSecret()
  const unmount = context.mount(path, async (request, body) => {
    if (request.method !== "POST") return new Response(null, { status: 405 })
    const offered = request.headers.get("x-telegram-bot-api-secret-token") ?? ""
    if (!sameSecret(secret, offered)) return new Response(null, { status: 401 })
    context.alive()
    let update: unknown
    try {
      update = JSON.parse(body.toString("utf8"))
    } catch {
      return new Response(null, { status: 400 })
    }
    try {
      await take(update)
      return new Response(null, { status: 200 })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      context.log.warn("update not taken", { reason })
      return new Response(null, { status: 503 })
    }
  })
  try {
    await api.call("setWebhook", done, { url, secret_token: secret, allowed_updates: updateKinds })
  } catch (error) {
    unmount()
    throw error
  }
  return unmount
}

const unfitSecret = () =>
  connectionOver({
    why: "credentials",
    text: "The webhook's secret cannot guard it.",
    hint: "Set webhookSecret to 16 to 256 letters, digits, _ and -, such as: openssl rand -hex 24",
  })
