import { expect, test } from "bun:test"
import { entriesUsable } from "../../src/access/checks.ts"
import { openDirect, openGroups, sharedDirect } from "../../src/access/risks.ts"
import { type ChannelsConfig, channelsSection } from "../../src/channels/config.ts"
import { knownChannels } from "../../src/channels/known.ts"
import type { Settings } from "../../src/config/settings.ts"
import { session } from "../../src/sessions/config.ts"
import { roomChannel } from "../support/room-channel.ts"

const { declared } = roomChannel()
const known = knownChannels([
  { ...declared, normalize: (entry) => (/^\d+$/.test(entry) ? entry : undefined) },
])
const withConfig = (rooms: object, defaults: object = {}) => {
  const written = { channels: { rooms, defaults } }
  const changes: unknown[] = []
  return {
    changes,
    channels: channelsSection(known).schema.parse(written.channels) as ChannelsConfig,
    known,
    env: {},
    session: session.schema.parse({}),
    settings: {
      current: () => ({ composed: written }),
      change: async (edits: unknown) => void changes.push(edits),
    } as unknown as Settings,
  }
}

test("an account that hears every stranger is told, in private chats and in rooms", async () => {
  const open = withConfig({ dmPolicy: "open", allowFrom: ["*"], groupPolicy: "open" })
  expect(await openDirect.detect(open)).toMatchObject({ severity: "critical" })
  expect(await openGroups.detect(open)).toMatchObject({ severity: "critical" })
  const closed = withConfig({ allowFrom: ["1"] })
  expect(await openDirect.detect(closed)).toBeNull()
  expect(await openGroups.detect(closed)).toBeNull()
})

test("--fix closes rooms wherever it was written that they are open", async () => {
  const config = withConfig(
    { groupPolicy: "open", accounts: { a: { groupPolicy: "open" }, b: {} } },
    { groupPolicy: "open" },
  )
  const found = await openGroups.detect(config)
  await found?.fix?.apply()
  expect(config.changes).toEqual([
    expect.arrayContaining([
      { path: ["channels", "defaults", "groupPolicy"], value: "allowlist" },
      { path: ["channels", "rooms", "groupPolicy"], value: "allowlist" },
      { path: ["channels", "rooms", "accounts", "a", "groupPolicy"], value: "allowlist" },
    ]),
  ])
})

test("several people in one private conversation are told of, one alone is not", async () => {
  expect(await sharedDirect.detect(withConfig({ allowFrom: ["1", "2"] }))).not.toBeNull()
  expect(await sharedDirect.detect(withConfig({ allowFrom: ["1"] }))).toBeNull()
})

test("a name on an allowlist lets nobody in, and is told", async () => {
  const found = await entriesUsable.detect(withConfig({ allowFrom: ["1", "ada", "*"] }))
  expect(found).toMatchObject({ found: [{ entries: ["ada"], list: "channels.rooms.allowFrom" }] })
})
