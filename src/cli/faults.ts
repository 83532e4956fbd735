import { fault } from "../kernel/fault.ts"

/** The command line was not understood: exit code 2, with the command's usage. Nothing has happened yet. */
export const usage = fault<{ problem: string; hint?: string }>("cli.usage", {
  status: 400,
  message: ({ problem }) => problem,
  hint: ({ hint }) => hint,
})

export const notAllowed = fault<{ path: string }>("cli.not-allowed", {
  status: 403,
  message: ({ path }) => `You may not read or write ${path}.`,
  hint: ({ path }) =>
    `Run fased as the account it belongs to. If it should be yours, as after a run with sudo: sudo chown -R "$(id -un)" ${path}`,
})

export const noSuchDevice = fault<{ start: string; found: number }>("cli.no-such-device", {
  status: 404,
  message: ({ start, found }) =>
    found
      ? `${found} paired devices have an id that begins with "${start}".`
      : `No paired device has an id that begins with "${start}".`,
  hint: ({ found }) => (found ? "Give more of the id." : "See: fased devices list"),
})

export const noSuchNode = fault<{ node: string; found: number }>("cli.no-such-node", {
  status: 404,
  message: ({ node, found }) =>
    found ? `"${node}" may be ${found} nodes.` : `No node "${node}" is paired.`,
  hint: ({ found }) => (found ? "Name one by its id." : "See: fased nodes list"),
})

export const noMedia = fault<{ what: "picture" | "film" }>("cli.no-media", {
  status: 502,
  message: ({ what }) => `What the node sent is no ${what}. Nothing was kept.`,
  hint: () => "See what it is with: fased nodes invoke",
})

export const notRun = fault("cli.not-run", {
  status: 403,
  message: () => "The command was denied, or nobody allowed it in time. Nothing was run.",
  hint: () => "See who could: fased approvals list, or the Control UI (fased dashboard).",
})

export const nothingPending = fault("cli.nothing-pending", {
  status: 404,
  message: () => "No device is waiting for approval.",
  hint: () => "Let it connect first; what it asks for then waits for five minutes.",
})

export const channelRefused = fault<{ label: string; findings: string[]; anyway: string }>(
  "cli.channel-refused",
  {
    status: 400,
    message: ({ label, findings }) =>
      `Nothing was written: ${label} does not work like this. ${findings.join(" ")}`.trim(),
    hint: ({ anyway }) => `Mend it and try again; to write it all the same: ${anyway}`,
  },
)

export const noSuchSession = fault<{ key: string }>("cli.no-such-session", {
  status: 404,
  message: ({ key }) => `There is no session ${key}.`,
  hint: () => "See which there are with: fased sessions",
})
