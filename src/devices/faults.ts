import { fault } from "../kernel/fault.ts"

export const unknownRequest = fault<{ requestId: string }>("devices.unknown-request", {
  status: 404,
  message: ({ requestId }) => `No pairing request ${requestId} waits for an answer.`,
  hint: () =>
    "A request ends after 5 minutes, and when its device asks for something else. See: fased devices list",
})

export const unknownDevice = fault<{ deviceId: string; role?: string }>("devices.unknown-device", {
  status: 404,
  message: ({ deviceId, role }) =>
    role
      ? `The device ${deviceId} is not paired as ${role}.`
      : `No device ${deviceId} is paired here.`,
  hint: () => "See: fased devices list",
})

export const beyondCaller = fault<{ scope: string }>("devices.beyond-caller", {
  status: 403,
  message: ({ scope }) => `missing scope: ${scope}`,
  hint: () => "Nobody gives away more than they hold. Ask someone who holds that scope.",
  details: ({ scope }) => ({ code: "MISSING_SCOPE", missingScope: scope }),
})

export const beyondRecord = fault<{ deviceId: string; scope: string }>("devices.beyond-record", {
  status: 403,
  message: ({ deviceId, scope }) => `The device ${deviceId} was never approved for ${scope}.`,
  hint: () => "Let it connect asking for that scope, and approve the request: fased devices list",
})

export const notYours = fault("devices.not-yours", {
  status: 403,
  message: () => "A device without the admin scope manages only its own operator access.",
  hint: () => "Do it where the gateway runs: fased devices list",
})

export const notReachable = fault("devices.not-reachable", {
  status: 409,
  message: () => "This gateway listens on its own machine only; a code for it would lead nowhere.",
  hint: () =>
    "Name the address it is reached by: fased qr --public-url wss://gateway.example.com   (or listen on the network: fased config set gateway.bind lan)",
})

export const badSetupUrl = fault<{ url: string }>("devices.bad-setup-url", {
  status: 400,
  message: ({ url }) => `"${url}" is no address a device could use safely.`,
  hint: () =>
    "Use wss://, or ws:// with an address of this machine or the local network. Leave out user names, queries and fragments.",
})
