import { expect, test } from "bun:test"
import { commands as section } from "../../../src/agents/commands.ts"
import { createChatCommands } from "../../../src/agent/chat-commands.ts"
import { think } from "../../../src/agent/directives/levels.ts"
import type { Sender } from "../../../src/kernel/channel.ts"
import { command } from "../../../src/kernel/command.ts"
import { Services } from "../../../src/kernel/service.ts"

const open = command({
  name: "open",
  description: "For anyone.",
  authority: "anyone",
  run: () => ({ say: "open" }),
})
const shut = command({
  name: "shut",
  description: "For owners.",
  authority: "owner",
  run: () => ({ say: "shut" }),
})

const person = (id: string): Sender => ({ kind: "person", id })
const operator = (admin: boolean): Sender => ({ kind: "operator", clientId: "test", admin })

const read = (
  text: string,
  sender: Sender,
  { config = {}, channel = "telegram" }: { config?: object; channel?: string } = {},
) => {
  const services = new Services()
  services.provide(section, section.schema.parse(config))
  const meaning = createChatCommands([open, shut, think], services).read({ text, sender, channel })
  return meaning.kind === "words" && Object.keys(meaning.options).length ? "heeded" : meaning.kind
}

const only = (...ids: string[]) => ({ config: { allowFrom: { telegram: ids } } })

test.each([
  ["/open", operator(false), {}, "calls"],
  ["/shut", operator(false), {}, "calls"],
  ["/think high go", operator(true), {}, "heeded"],
  ["/think high go", operator(false), {}, "words"],
  ["/open", person("eve"), {}, "calls"],
  ["/shut", person("eve"), {}, "ignored"],
  ["/think high", person("eve"), {}, "words"],
  ["/think high go", person("eve"), {}, "words"],
  ["/unknown", person("eve"), {}, "words"],
  ["/open", person("eve"), only("ann"), "ignored"],
  ["/shut", person("eve"), only("ann"), "ignored"],
  ["/shut", person("ann"), only("ann"), "calls"],
  ["/think high go", person("ann"), only("ann"), "heeded"],
  ["/shut", person("ANN"), only("ann"), "ignored"],
  ["/shut", person("eve"), only("*"), "ignored"],
  ["/shut", person("eve"), only(), "ignored"],
  ["/shut", person("eve"), { config: { allowFrom: { "*": ["eve"] } } }, "calls"],
  ["/shut", person("eve"), { config: { allowFrom: { "*": ["eve"], telegram: [] } } }, "ignored"],
  ["/shut", person("eve"), { ...only("eve"), channel: "constructor" }, "ignored"],
  ["/shut", operator(true), only(), "calls"],
  ["/shut", { kind: "agent", sessionKey: "x", owner: true } as Sender, {}, "words"],
  ["/think high go", { kind: "agent", sessionKey: "x", owner: true } as Sender, {}, "words"],
])("%s by %o with %o is %s", (text, sender, options, kind) => {
  expect(read(text, sender, options)).toBe(kind)
})
