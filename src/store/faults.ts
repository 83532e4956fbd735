import { fault } from "../kernel/fault.ts"

export const diskFull = fault<{ path: string }>("store.disk-full", {
  status: 507,
  message: ({ path }) => `The disk is full: nothing could be written to ${path}.`,
  hint: () => "Free some space, then try it again. Nothing was half-written.",
  retryable: true,
})

export const storeUnreadable = fault<{ path: string; reason: string }>("store.unreadable", {
  status: 500,
  message: ({ path, reason }) => `The database ${path} cannot be opened: ${reason}.`,
  hint: ({ path }) => `A copy is kept before each upgrade: see ${path}.before-*`,
})

export const storeNewer = fault<{ path: string; found: number; known: number }>("store.newer", {
  status: 500,
  message: ({ path, found, known }) =>
    `The database ${path} was written by a newer fased (schema ${found}, this one knows ${known}).`,
  hint: () => "Install the newer version again, or restore the copy kept before the upgrade.",
})

export const stateInUse = fault<{ state: string; pid?: number; url?: string }>(
  "store.state-in-use",
  {
    status: 409,
    message: ({ state, pid, url }) =>
      url
        ? `another gateway instance is already listening on ${url} with the state in ${state} (pid ${pid})`
        : `another gateway instance is already using ${state}`,
    hint: () =>
      "Use that one (fased gateway status), stop it (fased gateway stop, or Ctrl-C where it runs), " +
      "or run this one apart: fased --profile <name> …",
  },
)
