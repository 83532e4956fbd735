import { move, type OldForm, type Step } from "./legacy-move.ts"
import { isTree, type Path, type Replacement, type Tree, valueAt } from "./path.ts"

const channelsIn = (config: Tree) =>
  Object.entries(isTree(config.channels) ? config.channels : {}).flatMap(([name, channel]) =>
    isTree(channel) ? [{ name, channel, path: ["channels", name] }] : [],
  )

/** A channel and each of its accounts: the same settings may stand in either. */
const placesOf = (config: Tree, names: readonly string[]) =>
  channelsIn(config)
    .filter(({ name }) => names.includes(name))
    .flatMap(({ name, channel, path }) => [
      { name, path, settings: channel },
      ...Object.entries(isTree(channel.accounts) ? channel.accounts : {}).flatMap(
        ([id, settings]) =>
          isTree(settings) ? [{ name, path: [...path, "accounts", id], settings }] : [],
      ),
    ])

/**
 * What says which account it is. Policies and allowlists stay where they are: every account, the
 * default one too, goes on inheriting them, so that nobody comes in who could not before.
 */
export const ofOneAccount: readonly string[] = [
  "name",
  "token",
  "tokenFile",
  "botToken",
  "appToken",
  "userToken",
  "signingSecret",
  "account",
  "signalNumber",
  "authDir",
  "cliPath",
  "dbPath",
  "httpUrl",
  "httpHost",
  "httpPort",
  "webhookPath",
  "webhookUrl",
  "webhookSecret",
  "accessToken",
  "password",
  "userId",
  "homeserver",
]

const defaultAccount: OldForm = {
  name: "channels.*.accounts",
  steps: (config) =>
    channelsIn(config).flatMap(({ channel, path }): Step[] => {
      const { accounts } = channel
      if (!isTree(accounts) || !Object.keys(accounts).length || accounts.default !== undefined)
        return []
      return ofOneAccount.flatMap((key) =>
        channel[key] === undefined
          ? []
          : [
              move(
                config,
                [...path, key],
                [{ path: [...path, "accounts", "default", key], value: channel[key] }],
              ),
            ],
      )
    }),
}

const slackModes: Readonly<Record<string, string>> = {
  replace: "partial",
  append: "block",
  status_final: "progress",
}

/** `streamMode` and a yes or no became one choice; Slack's yes or no is about its own way of streaming. */
const streaming: OldForm = {
  name: "channels.*.streamMode, channels.*.streaming",
  steps: (config) =>
    placesOf(config, ["telegram", "discord", "slack"]).flatMap(({ name, path, settings }) => {
      const { streamMode: mode, streaming: old } = settings
      const isSwitch = typeof old === "boolean"
      if (mode === undefined && !isSwitch) return []
      const isSlack = name === "slack"
      const chosen =
        typeof mode === "string" ? (slackModes[mode] ?? mode) : old === true ? "partial" : "off"
      const isKept = !isSwitch && old !== undefined
      const isOwnSwitch = isSlack && isSwitch
      const place = [...path, "streaming"]
      const edits: Replacement[] = [
        ...(isKept || (isOwnSwitch && mode === undefined) ? [] : [{ path: place, value: chosen }]),
        ...(isOwnSwitch && mode === undefined ? [{ path: place }] : []),
        ...(isOwnSwitch && valueAt(settings, ["nativeStreaming"]) === undefined
          ? [{ path: [...path, "nativeStreaming"], value: old }]
          : []),
        ...(mode === undefined ? [] : [{ path: [...path, "streamMode"] }]),
      ]
      const from = mode === undefined ? place : [...path, "streamMode"]
      const to = isOwnSwitch && mode === undefined ? [...path, "nativeStreaming"] : place
      return [{ from: told(from), to: told(to), edits }]
    }),
}

const movedFromDm: Readonly<Record<string, Path>> = {
  policy: ["dmPolicy"],
  allowFrom: ["allowFrom"],
  replyToMode: ["replyToModeByChatType", "direct"],
}

/** Who is heard in private chats stood beside whether they are heard at all. */
const privateChats: OldForm = {
  name: "channels.*.dm.policy, channels.*.dm.allowFrom, channels.slack.dm.replyToMode",
  steps: (config) =>
    placesOf(config, ["discord", "slack"]).flatMap(({ name, path, settings }) =>
      Object.entries(movedFromDm).flatMap(([key, to]) => {
        const value = valueAt(settings, ["dm", key])
        if (value === undefined || (key === "replyToMode" && name !== "slack")) return []
        return [move(config, [...path, "dm", key], [{ path: [...path, ...to], value }])]
      }),
    ),
}

const told = (path: Path) => path.join(".")

export const accountsForms: readonly OldForm[] = [defaultAccount, streaming, privateChats]
