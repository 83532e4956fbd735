import { fault } from "../kernel/fault.ts"

export const noSource = fault("update.no-source", {
  status: 412,
  message: () => "fased does not know where releases are served.",
  hint: () =>
    "Name the address: fased config set update.baseUrl https://…, or take a file: fased update --file <release folder>",
})

export const badSource = fault<{ url: string }>("update.bad-source", {
  status: 400,
  message: ({ url }) => `Releases cannot be fetched from ${url}.`,
  hint: () => "The address must begin with https:// (http:// only for this machine).",
})

export const noKeys = fault("update.no-keys", {
  status: 412,
  message: () =>
    "This fased trusts no release key, so it cannot tell a good release from a bad one.",
  hint: () =>
    "It was built by hand, or comes from a release nobody signed. Update it the way it came: " +
    "git pull && npm run build, or install.sh",
})

export const notABinary = fault("update.not-a-binary", {
  status: 412,
  message: () => "This fased runs from its sources, so there is no binary to replace.",
  hint: () => "Update the checkout instead: git pull",
})

export const unreachable = fault<{ url: string; reason: string }>("update.unreachable", {
  status: 502,
  message: ({ url, reason }) => `${url} could not be fetched: ${reason}.`,
  hint: ({ url }) =>
    url.startsWith("http")
      ? "Check the address and your connection, then run it again. Nothing was changed."
      : "A release folder holds release.json, release.json.sig and fased-*.gz. Nothing was changed.",
  retryable: true,
})

export const untrusted = fault<{ what: string; reason: string }>("update.untrusted", {
  status: 422,
  message: ({ what, reason }) => `${what} is not to be trusted: ${reason}.`,
  hint: () =>
    "Nothing was changed. Run it again; if it happens twice, tell whoever serves this release.",
})

export const expired = fault<{ version: string; expires: string }>("update.expired", {
  status: 422,
  message: ({ version, expires }) =>
    `The release ${version} was only vouched for until ${expires.slice(0, 10)}.`,
  hint: () =>
    "Whoever serves releases must sign it anew; if this machine's clock is wrong, set it. Nothing was changed.",
})

export const otherChannel = fault<{ wanted: string; found: string }>("update.other-channel", {
  status: 422,
  message: ({ wanted, found }) => `That is a ${found} release, and you follow ${wanted}.`,
  hint: ({ found }) => `If you want it: add --channel ${found}. Nothing was changed.`,
})

export const otherVersion = fault<{ wanted: string; found: string }>("update.other-version", {
  status: 422,
  message: ({ wanted, found }) => `You asked for ${wanted}, and what is served there is ${found}.`,
  hint: () => "Nothing was changed. See what there is: fased update status",
})

export const noBuild = fault<{ version: string; machine: string }>("update.no-build", {
  status: 422,
  message: ({ version, machine }) => `The release ${version} holds nothing for ${machine}.`,
  hint: () => "Nothing was changed. Ask whoever makes the releases for this machine.",
})

export const downgrade = fault<{ from: string; to: string }>("update.downgrade", {
  status: 409,
  message: ({ from, to }) => `${to} is older than ${from}, which runs here.`,
  hint: () =>
    "An older fased may not read what a newer one wrote. If you want it all the same: " +
    "fased backup create, then fased update --allow-downgrade --yes",
})

export const noRoom = fault<{ folder: string; needed: number }>("update.no-room", {
  status: 507,
  message: ({ folder, needed }) =>
    `There is no room in ${folder}: an update needs ${Math.ceil(needed / 1e6)} MB.`,
  hint: () => "Free some space and run it again. Nothing was changed.",
})

export const readOnly = fault<{ folder: string; command: string }>("update.read-only", {
  status: 403,
  message: ({ folder }) => `You may not write to ${folder}, where this fased lies.`,
  hint: ({ command }) => `Run it as the owner of that folder: ${command}`,
})

export const doesNotStart = fault<{ version: string; reason: string }>("update.does-not-start", {
  status: 422,
  message: ({ version, reason }) => `fased ${version} does not work on this machine: ${reason}.`,
  hint: () => "Nothing was changed; the version you have stays. Tell whoever makes the releases.",
})

export const busy = fault("update.busy", {
  status: 409,
  message: () => "Another update of this fased is under way.",
  hint: () => "Wait for it; see how it went with: fased update status",
  retryable: true,
})

export const rolledBack = fault<{ from: string; to: string; reason: string; state: string }>(
  "update.rolled-back",
  {
    status: 500,
    message: ({ from, to, reason }) =>
      `fased ${to} was taken back: ${reason}. ${from} is in place.`,
    hint: ({ state }) => `${state} Read why with: fased logs`,
  },
)
