import { type ExecWishes } from "../../kernel/channel.ts"
import { command } from "../../kernel/command.ts"
import { Directory } from "../../sessions/directory.ts"
import { badExecWish } from "../faults.ts"
import { isBack } from "./levels.ts"

const values: Readonly<Record<string, readonly string[]>> = {
  host: ["auto", "sandbox", "gateway", "node"],
  security: ["deny", "allowlist", "full"],
  ask: ["off", "on-miss", "always"],
}
const forms =
  "host=auto|sandbox|gateway|node security=deny|allowlist|full ask=off|on-miss|always node=<id>"

/** `ask=always`, if it is one. */
const wishOf = (word: string): ExecWishes | undefined => {
  const [, name = "", value = ""] = /^([a-z]+)[=:](\S{1,200})$/i.exec(word) ?? []
  const key = name.toLowerCase()
  if (key === "node") return { node: value }
  const known = Object.hasOwn(values, key) && values[key]!.includes(value.toLowerCase())
  return known ? { [key]: value.toLowerCase() } : undefined
}

export const exec = command({
  name: "exec",
  description: "Where commands run, and what they may do.",
  group: "work",
  usage: `[${forms} | default]`,
  authority: "owner",
  needs: { directory: Directory },
  inline(following) {
    const wishes: ExecWishes[] = []
    for (const wish of following.map(wishOf)) {
      if (!wish) break
      wishes.push(wish)
    }
    if (!wishes.length) return undefined
    return { options: { exec: Object.assign({}, ...wishes) }, words: wishes.length }
  },
  async run(args, { directory, sessionKey, agentId }) {
    const { key, overrides } = await directory.open(directory.key(sessionKey).key, agentId)
    if (!args) return { say: `Exec: ${shown(overrides.exec)}. It takes ${forms}.` }
    if (isBack(args.toLowerCase())) {
      await directory.patch(key, { overrides: { exec: null } })
      return { say: "Commands run as the config says again." }
    }
    const wishes = args.split(/\s+/).map((word) => {
      const wish = wishOf(word)
      if (!wish) throw badExecWish({ word, forms })
      return wish
    })
    const exec = { ...overrides.exec, ...Object.assign({}, ...wishes) }
    await directory.patch(key, { overrides: { exec } })
    return {
      say: `Exec here from now on: ${shown(exec)}. The stricter of this and the policy holds.`,
    }
  },
})

const shown = (exec: ExecWishes | undefined) =>
  exec
    ? Object.entries(exec)
        .map(([name, value]) => `${name}=${value}`)
        .join(" ")
    : "as the config says"
