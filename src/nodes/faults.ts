import { fault } from "../kernel/fault.ts"

const see = "See: fased nodes list"

export const unknownNode = fault<{ node: string }>("nodes.unknown", {
  status: 404,
  message: ({ node }) => `No node "${node.slice(0, 80)}" is paired here.`,
  hint: () => `${see}   A machine becomes one with: fased node run`,
})

export const ambiguousNode = fault<{ node: string; found: readonly string[] }>("nodes.ambiguous", {
  status: 409,
  message: ({ node, found }) => `"${node.slice(0, 80)}" may be ${found.length} nodes.`,
  hint: ({ found }) => `Name one by its id: ${found.slice(0, 5).join(", ")}`,
})

export const noneChosen = fault("nodes.none-chosen", {
  status: 409,
  message: () => "No node was named, and not just one that runs commands is connected.",
  hint: () => `Name one with: fased config set tools.exec.node <name>   ${see}`,
})

export const notConnected = fault<{ node: string }>("nodes.not-connected", {
  status: 503,
  message: ({ node }) => `The node ${node} is not connected.`,
  hint: () =>
    "Start it there with: fased node run   (or bring its app to the front), then try again.",
  details: () => ({ code: "NOT_CONNECTED", fault: "nodes.not-connected" }),
  retryable: true,
})

export const notAllowed = fault<{ node: string; command: string; why: string }>(
  "nodes.not-allowed",
  {
    status: 403,
    message: ({ node, command, why }) =>
      `${command.slice(0, 128)} cannot be asked of ${node}: ${why}.`,
    hint: ({ command, why }) =>
      why === closedByDefault
        ? `If you want that: fased config set gateway.nodes.allowCommands '["${command.slice(0, 128)}"]'`
        : `See what it does with: fased nodes describe --node <name>`,
  },
)

export const notClaimed = "it does not offer that"
export const closedByDefault = "this gateway does not allow it on such a node"

export const wrongDoor = fault<{ command: string; instead: string }>("nodes.wrong-door", {
  status: 403,
  message: ({ command }) => `${command} is not for node.invoke.`,
  hint: ({ instead }) => `Use ${instead}, which asks for the rights it takes.`,
})

export const tooBusy = fault<{ node: string; most: number }>("nodes.too-busy", {
  status: 429,
  message: ({ node, most }) => `The node ${node} has ${most} calls to answer already.`,
  hint: () => "Wait for some of them to end.",
  retryable: true,
})

export const timedOut = fault<{ node: string; command: string; timeoutMs: number }>(
  "nodes.timeout",
  {
    status: 504,
    message: ({ node, command, timeoutMs }) =>
      `The node ${node} did not answer ${command} within ${timeoutMs / 1000} s.`,
    hint: () => "It was told to stop. See how it is with: fased nodes list",
    retryable: true,
  },
)

export const lost = fault<{ node: string; command: string }>("nodes.lost", {
  status: 502,
  message: ({ node, command }) => `The node ${node} went away before it answered ${command}.`,
  hint: () => "What it had begun may have happened or not; look before you ask again.",
})

/** Codes of mobile nodes, and what helps. */
const remedies: readonly (readonly [code: RegExp, words: string])[] = [
  [/^NODE_BACKGROUND_UNAVAILABLE$/, "Bring its app to the front, then try again."],
  [
    /^LOCATION_BACKGROUND_UNAVAILABLE$/,
    "Bring its app to the front, or allow its location always.",
  ],
  [/_PERMISSION_REQUIRED$/, "Allow it in the settings of that phone or machine, then try again."],
  [/^(?:CAMERA|LOCATION)_DISABLED$/, "Switch it on in the settings of the app there."],
  [/^LOCATION_(?:TIMEOUT|UNAVAILABLE)$/, "Try again later, or ask for a coarse place."],
]

/** What the node said instead of a result, in its own words. */
export const nodeRefused = fault<{ node: string; nodeCode?: string; words: string }>(
  "nodes.refused",
  {
    status: 502,
    message: ({ words }) => words,
    hint: ({ node, nodeCode = "" }) =>
      remedies.find(([code]) => code.test(nodeCode))?.[1] ??
      `That is the answer of the node ${node}.`,
    details: ({ nodeCode }) => ({
      fault: "nodes.refused",
      ...(nodeCode && { code: nodeCode, nodeError: { code: nodeCode } }),
    }),
  },
)

export const anotherCall = fault<{ key: string }>("nodes.another-call", {
  status: 409,
  message: ({ key }) => `The key ${key.slice(0, 80)} stands for another call.`,
  hint: () => "A key means the same call each time. Use a new one.",
})

export const notYours = fault<{ id: string }>("nodes.not-yours", {
  status: 403,
  message: ({ id }) => `The call ${id.slice(0, 80)} was not asked of this connection.`,
})

export const badResult = fault<{ what: string }>("nodes.bad-result", {
  status: 400,
  message: ({ what }) => `${what} holds no JSON.`,
  hint: () => "Send the value itself in payload.",
})

export const badNews = fault<{ event: string; issue: string }>("nodes.bad-news", {
  status: 400,
  message: ({ event, issue }) => `The event ${event} cannot be read: ${issue}.`,
})

export const tooManyAsks = fault<{ node: string; most: number }>("nodes.too-many-asks", {
  status: 429,
  message: ({ node, most }) =>
    `The node ${node.slice(0, 12)} asked an agent ${most} times within a minute.`,
  hint: () => "Let it wait a minute before it asks again.",
  retryable: true,
})

export const badRun = fault<{ why: string }>("nodes.bad-run", {
  status: 400,
  message: ({ why }) => `SYSTEM_RUN_DENIED: ${why}.`,
  hint: () => "An approval is for one run of the very command, place and node it was given for.",
})

export const notANode = fault("nodes.not-a-node", {
  status: 409,
  message: () => "This connection proved no device's key, so it is no node.",
})

export const tooMuchWaits = fault<{ node: string; most: number }>("nodes.too-much-waits", {
  status: 429,
  message: ({ node, most }) => `${most} pieces of work wait for the node ${node} already.`,
  hint: () => "They are fetched when it connects, or end when their time is over.",
})
