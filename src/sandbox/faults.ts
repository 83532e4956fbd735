import { fault } from "../kernel/fault.ts"

export const noDocker = fault<{ reason: string }>("sandbox.no-docker", {
  status: 503,
  message: ({ reason }) => `Docker does not answer, and sandboxes need it: ${reason}.`,
  hint: () =>
    "Install or start Docker and try again; nothing runs outside the sandbox meanwhile. Without one: fased config set agents.defaults.sandbox.mode off",
})

export const noImage = fault<{ image: string }>("sandbox.no-image", {
  status: 503,
  message: ({ image }) => `The image of the sandbox, ${image}, is not on this machine.`,
  hint: ({ image }) =>
    `Fetch or make it, for instance: docker pull debian:bookworm-slim && docker tag debian:bookworm-slim ${image}`,
})

export const dockerRefused = fault<{ what: string; reason: string }>("sandbox.docker-refused", {
  status: 502,
  message: ({ what, reason }) => `Docker could not ${what}: ${reason}`,
  hint: () => "See what the sandbox is made of with: fased sandbox explain",
})

export const setupFailed = fault<{ reason: string }>("sandbox.setup-failed", {
  status: 502,
  message: ({ reason }) => `The set-up command of the sandbox failed: ${reason}`,
  hint: () => "Correct agents.defaults.sandbox.docker.setupCommand, or take it out.",
})

export const badBind = fault<{ bind: string; why: string }>("sandbox.bad-bind", {
  status: 400,
  message: ({ bind, why }) =>
    `The folder ${JSON.stringify(bind)} cannot be put into a sandbox: ${why}.`,
  hint: () => "Change agents.defaults.sandbox.docker.binds; an entry is /from:/to or /from:/to:rw.",
})

export const badNetwork = fault<{ network: string }>("sandbox.bad-network", {
  status: 400,
  message: ({ network }) => `A sandbox cannot use the network of ${network}.`,
  hint: () =>
    "Set agents.defaults.sandbox.docker.network to none or bridge; dangerouslyAllowContainerNamespaceJoin allows another container's.",
})
