import { fault } from "../kernel/fault.ts"

export const nameTaken = fault<{ profile: string }>("service.name-taken", {
  status: 409,
  message: ({ profile }) =>
    `The profile "${profile}" cannot have a service: the default instance's has that name.`,
  hint: () => "Use a profile of another name: fased --profile work gateway install",
})

export const noManager = fault<{ why: string; next: string }>("service.no-manager", {
  status: 503,
  message: ({ why }) => why,
  hint: ({ next }) => next,
})

export const managerRefused = fault<{ command: string; reason: string }>(
  "service.manager-refused",
  {
    status: 502,
    message: ({ command, reason }) =>
      `The service manager did not do it: ${command}: ${reason || "it gave no reason"}`,
    hint: () => "Find out why with: fased gateway status, fased doctor, and its log: fased logs",
  },
)

export const needsRoot = fault<{ what: string; command: string }>("service.needs-root", {
  status: 403,
  message: ({ what }) => `${what} belongs to root.`,
  hint: ({ command }) => `Run: ${command}`,
})

export const notInstalled = fault<{ label: string; install: string; run: string }>(
  "service.not-installed",
  {
    status: 404,
    message: ({ label }) => `There is no service ${label}.`,
    hint: ({ install, run }) => `Install it: ${install} (or run here: ${run})`,
  },
)

export const secondInstall = fault<{ path: string; scope: string; remove: string }>(
  "service.second-install",
  {
    status: 409,
    message: ({ path, scope }) =>
      `This instance is a ${scope} service already: ${path}. Two would fight over its state.`,
    hint: ({ remove }) => `Keep that one, or remove it first: ${remove}`,
  },
)

export const notOurs = fault<{ path: string; why: string }>("service.not-ours", {
  status: 409,
  message: ({ path, why }) => `${path} was left as it is: ${why}.`,
  hint: ({ path }) =>
    `Own settings belong in ${path}.d/*.conf. To replace it (a copy is kept): fased gateway install --force`,
})

export const insideService = fault<{ action: string }>("service.inside", {
  status: 409,
  message: ({ action }) =>
    `This command line runs inside the service, which ${action} would end with it.`,
  hint: () => "Type it in a terminal of your own.",
})

export const noProgram = fault("service.no-program", {
  status: 409,
  message: () => "fased runs from its sources here, and a service needs the compiled program.",
  hint: () => "Install it first: sh install.sh",
})

export const fleetingProgram = fault<{ path: string; launcher: string }>(
  "service.fleeting-program",
  {
    status: 409,
    message: ({ path, launcher }) =>
      `A service cannot start from ${path}: temporary files go away, and ${launcher} is another program.`,
    hint: ({ launcher }) => `Install it from there: ${launcher} gateway install`,
  },
)

export const badValue = fault<{ name: string }>("service.bad-value", {
  status: 400,
  message: ({ name }) => `${name} has a character that no service file can hold.`,
  hint: () => "Line breaks and other control characters must go from it.",
})

export const unitInTheWay = fault<{ path: string }>("service.older-unit", {
  status: 409,
  message: ({ path }) => `An older service is in the way: ${path}.`,
  hint: () =>
    "Let fased stop it and set it aside: fased doctor --fix, or fased gateway install --force",
})

export const unhealthy = fault<{ label: string; seconds: number; reason: string; logs: string }>(
  "service.unhealthy",
  {
    status: 504,
    message: ({ label, seconds, reason }) =>
      `${label} was started, but its gateway did not answer within ${seconds} s: ${reason}`,
    hint: ({ logs }) => `See why: ${logs}`,
  },
)

export const stopNeedsForce = fault<{ command: string }>("service.stop-needs-force", {
  status: 400,
  message: () => "Nobody is at a terminal to mean it, so the gateway was left running.",
  hint: ({ command }) => `In a script: ${command}`,
})

export const runtimeUnsupported = fault("service.runtime-unsupported", {
  status: 400,
  message: () => "fased is one program with Bun inside; it cannot run its service on Node.",
  hint: () => "Leave out --runtime, or write --runtime bun.",
})

export const userNeeded = fault<{ problem: string }>("service.user-needed", {
  status: 400,
  message: ({ problem }) => problem,
  hint: () => "Name the user it is to run as: sudo fased gateway install --system --user <name>",
})

export const setUpFirst = fault<{ config: string; user: string }>("service.set-up-first", {
  status: 409,
  message: ({ config, user }) => `${user} has no config yet: ${config} does not exist.`,
  hint: ({ user }) =>
    `Let that user make one (fased start, then Ctrl-C), then install again: sudo -iu ${user}`,
})

export const variablesMissing = fault<{ issues: readonly string[]; file: string }>(
  "service.variables-missing",
  {
    status: 409,
    message: ({ issues }) =>
      `The config is good in this shell, but not without its variables, which the service would not have:${issues
        .map((issue) => `\n  - ${issue}`)
        .join("")}`,
    hint: ({ file }) => `Write each as NAME=value into ${file}, then: chmod 600 ${file}`,
  },
)

export const runsElsewhere = fault<{ pid: number; url: string }>("service.runs-elsewhere", {
  status: 409,
  message: ({ pid, url }) =>
    `A gateway of this instance runs already, in a terminal: ${url} (pid ${pid}).`,
  hint: () => "Stop that one first (Ctrl-C where it runs), then try again.",
})

export const unheard = fault<{ socketName: string }>("service.unheard", {
  status: 500,
  message: ({ socketName }) =>
    `The service manager waits for word on ${socketName}, and this system's C library gives no way there.`,
  hint: () => "Start the gateway without NOTIFY_SOCKET, as a service of Type=exec.",
})

export const programNeeded = fault<{ program: string; services: readonly string[] }>(
  "service.program-needed",
  {
    status: 409,
    message: ({ program, services }) =>
      `Without ${program} this would come up no more: ${services.join(", ")}.`,
    hint: () =>
      "Remove those services first (fased --profile <name> gateway uninstall), or leave the program: without --app. Nothing was changed.",
  },
)
