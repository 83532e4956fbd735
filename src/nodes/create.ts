import type { Device } from "../devices/device.ts"
import type { DeviceStore } from "../devices/store.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { commandsOf, type CommandRules } from "./allowlist.ts"
import { topicOf } from "./events.ts"
import {
  ambiguousNode,
  badRun,
  closedByDefault,
  lost,
  noneChosen,
  nodeRefused,
  notAllowed,
  notClaimed,
  timedOut,
  unknownNode,
} from "./faults.ts"
import type { Links } from "./links.ts"
import type { News } from "./news.ts"
import { pick } from "./pick.ts"
import { prepared, runResult } from "./run-plan.ts"
import type { Nodes } from "./service.ts"
import { type Node, nodeOf } from "./shown.ts"
import type { NodeStore } from "./store.ts"
import type { VoiceWake } from "./voicewake.ts"

/** What a node needs besides the command's own time. */
const marginMs = 10_000
const usualRunMs = 30 * 60_000

export const createNodes = ({
  devices,
  store,
  links,
  news,
  voicewake,
  rules,
  clock,
  log,
}: {
  devices: DeviceStore
  store: NodeStore
  links: Links
  news: News
  voicewake: VoiceWake
  rules: () => CommandRules
  clock: Clock
  log: Log
}): Nodes => {
  const logger = log.for("nodes")

  const shown = (device: Device, known: Awaited<ReturnType<NodeStore["get"]>>): Node =>
    nodeOf(
      device,
      known ?? undefined,
      links.find(device.deviceId),
      rules(),
      news.of(device.deviceId),
    )

  const list = async () => {
    const known = new Map((await store.list()).map((one) => [one.nodeId, one]))
    return (await devices.list())
      .filter(({ role, revokedAt }) => role === "node" && revokedAt === undefined)
      .map((device) => shown(device, known.get(device.deviceId) ?? null))
      .toSorted((a, b) => Number(b.connected) - Number(a.connected))
  }

  const get = async (nodeId: string) => {
    const device = await devices.get(nodeId, "node")
    if (!device || device.revokedAt !== undefined) throw unknownNode({ node: nodeId })
    return shown(device, await store.get(nodeId))
  }

  const find = async (written: string) => {
    const found = pick(await list(), written)
    const [first, ...others] = found
    if (!first) throw unknownNode({ node: written })
    if (others.length)
      throw ambiguousNode({ node: written, found: found.map(({ nodeId }) => nodeId.slice(0, 12)) })
    return first
  }

  const invoke: Nodes["invoke"] = async (invocation) => {
    const { nodeId, command } = invocation
    const { commands, closed, displayName = nodeId.slice(0, 12) } = await get(nodeId)
    if (links.find(nodeId) && !commands.includes(command)) {
      const why = closed.includes(command) ? closedByDefault : notClaimed
      throw notAllowed({ node: displayName, command, why })
    }
    logger.info("node asked", { node: nodeId, command })
    return links.invoke(invocation)
  }

  return {
    list,
    get,
    find,
    invoke,
    offers: (command) =>
      links.claims().some((claims) => commandsOf(claims, rules()).includes(command)),
    async forCommands(written) {
      if (written) return find(written)
      const able = (await list()).filter(
        ({ connected, commands }) => connected && commands.includes("system.run"),
      )
      if (able.length !== 1) throw noneChosen()
      return able[0]!
    },
    async rename(nodeId, displayName) {
      await get(nodeId)
      await store.rename(nodeId, displayName)
      return get(nodeId)
    },
    async prepare(nodeId, plan, signal) {
      const { commands } = await get(nodeId)
      const because = "it says nothing of what it would allow, so somebody is asked."
      if (!commands.includes("system.run.prepare"))
        return { plan, allowed: false, because, programs: [] }
      const answer = await invoke({ nodeId, command: "system.run.prepare", params: plan, signal })
      const read = prepared().safeParse(answer)
      if (!read.success)
        throw nodeRefused({ node: nodeId, words: "It made no sense of the command." })
      // Only where it would run and what that would start is the node's to say.
      const { cwd, binding } = read.data.plan
      return { ...read.data, plan: { ...plan, cwd: cwd ?? plan.cwd, binding } }
    },
    async run(nodeId, plan, { approval, signal }) {
      if (approval && !(await store.useApproval(approval, clock.now())))
        throw badRun({ why: `approval ${approval} was used before` })
      const runMs = plan.timeoutMs ?? usualRunMs
      const approved = approval && {
        runId: approval,
        approved: true,
        approvalDecision: "allow-once",
      }
      const answer = await invoke({
        nodeId,
        command: "system.run",
        params: { ...plan, timeoutMs: runMs, ...approved },
        timeoutMs: runMs + marginMs,
        signal,
      }).catch((error: unknown) => {
        if (plan.sessionKey && [timedOut, lost].some((kind) => kind.is(error)))
          news.expectEnd(nodeId, plan.sessionKey)
        throw error
      })
      const read = runResult().safeParse(answer)
      if (!read.success) throw nodeRefused({ node: nodeId, words: "It did not say how it went." })
      return read.data
    },
    async arrive(link) {
      const { nodeId, claims, remoteIp } = link
      links.arrive(link)
      voicewake.tell(topicOf(link.connection))
      logger.info("node connected", { node: nodeId, platform: claims.platform })
      await store.connected(nodeId, { claims, at: clock.now(), remoteIp })
    },
    answer: links.answer,
  }
}
