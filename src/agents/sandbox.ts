import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

const text = (description: string) => z.string().trim().min(1).optional().describe(description)
const texts = (description: string) =>
  z.array(z.string().trim().min(1)).optional().describe(description)

const ulimit = onFirstUse(() =>
  z
    .union([
      z.int().min(0),
      z.string().min(1),
      z.strictObject({ soft: z.int().min(0), hard: z.int().min(0) }),
    ])
    .describe("Soft and hard limit, or one for both."),
)
const size = onFirstUse(() =>
  z.union([z.int().min(1), z.string().regex(/^\d+[bkmg]?$/i, "must be a size such as 1g")]),
)

const docker = onFirstUse(() =>
  z
    .strictObject({
      image: text("Image that sandboxes are made from."),
      containerPrefix: z
        .string()
        .regex(/^[a-z0-9][a-z0-9_.-]{0,40}$/i, "must be letters, digits, ., - and _")
        .optional()
        .describe("What the names of containers begin with."),
      workdir: z
        .string()
        .startsWith("/")
        .optional()
        .describe("The workspace's place in the container."),
      readOnlyRoot: z.boolean().optional().describe("Mount the container's own files read-only."),
      tmpfs: texts("Folders in memory."),
      network: z
        .string()
        .trim()
        .min(1)
        .refine((name) => name.toLowerCase() !== "host", "must not be host: that is no sandbox")
        .optional()
        .describe("Network of the container: none, bridge or one by name."),
      user: text(
        "User and group ids that commands run as. Unset: the gateway's own; 1000:1000 where that is root.",
      ),
      capDrop: texts("Capabilities taken away."),
      env: z
        .record(z.string(), z.string().describe("Its value."))
        .optional()
        .describe("Variables in the container."),
      setupCommand: z.string().optional().describe("Run once in every new container."),
      pidsLimit: z.int().min(1).optional().describe("Most processes."),
      memory: size().optional().describe("Most memory."),
      memorySwap: size().optional().describe("Most memory and swap together."),
      cpus: z.number().positive().optional().describe("Most processors."),
      ulimits: z.record(z.string(), ulimit()).optional().describe("Limits of processes, by name."),
      seccompProfile: text("File with a seccomp profile."),
      apparmorProfile: text("Name of an AppArmor profile."),
      dns: texts("Name servers."),
      extraHosts: texts("More host names, as name:address."),
      binds: texts("More folders from this machine, as /from:/to:ro."),
      dangerouslyAllowContainerNamespaceJoin: z
        .boolean()
        .optional()
        .describe("Let network name another container: its network is then the sandbox's."),
    })
    .optional()
    .describe("The container."),
)

/** `agents.defaults.sandbox`, and of one agent (contract 18 §7). */
export const sandboxSettings = onFirstUse(() =>
  z
    .strictObject({
      mode: z
        .enum(["off", "non-main", "all"])
        .optional()
        .describe("Which sessions run their tools in a container: none, all but main, or all."),
      scope: z
        .enum(["session", "agent", "shared"])
        .optional()
        .describe("One container for each session, each agent, or for all."),
      workspaceAccess: z
        .enum(["none", "ro", "rw"])
        .optional()
        .describe(
          "The agent's workspace in the container: a folder of its own instead, read-only, or as it is.",
        ),
      workspaceRoot: text("Where the folders of sandboxes lie."),
      docker: docker(),
      prune: z
        .strictObject({
          idleHours: z
            .number()
            .min(0)
            .optional()
            .describe("Remove after so many hours without use; 0 for never."),
          maxAgeDays: z
            .number()
            .min(0)
            .optional()
            .describe("Remove after so many days; 0 for never."),
        })
        .optional()
        .describe("When containers are removed."),
      sessionToolsVisibility: z
        .enum(["spawned", "all"])
        .optional()
        .describe("Sessions that a sandboxed one may see with its session tools."),
    })
    .optional()
    .describe("Containers that tools run in."),
)
type Written = NonNullable<z.infer<ReturnType<typeof sandboxSettings>>>

/** What holds where neither the agent nor the defaults say otherwise. */
const fallback = {
  mode: "off",
  scope: "agent",
  workspaceAccess: "none",
  sessionToolsVisibility: "spawned",
} as const
const fallbackDocker = {
  image: "fased-sandbox:bookworm-slim",
  containerPrefix: "fased-sbx-",
  workdir: "/workspace",
  readOnlyRoot: true,
  tmpfs: ["/tmp", "/var/tmp", "/run"],
  network: "none",
  capDrop: ["ALL"],
  pidsLimit: 256,
  memory: "1g",
  cpus: 1,
  dangerouslyAllowContainerNamespaceJoin: false,
}
const fallbackPrune = { idleHours: 24, maxAgeDays: 7 }

/** The sandbox of an agent: its own settings over the shared ones; binds, variables and limits are joined. */
export const sandboxOf = (agent: Written | undefined, shared: Written | undefined) => {
  const scope = agent?.scope ?? shared?.scope ?? fallback.scope
  // One container for all has one form: what a single agent wants of it does not count.
  const own = scope === "shared" ? undefined : agent?.docker
  const common = shared?.docker
  return {
    ...fallback,
    ...defined(shared),
    ...defined(agent),
    docker: {
      ...fallbackDocker,
      ...defined(common),
      ...defined(own),
      env: { LANG: "C.UTF-8", ...common?.env, ...own?.env },
      ulimits: { ...common?.ulimits, ...own?.ulimits },
      binds: [...(common?.binds ?? []), ...(own?.binds ?? [])],
    },
    prune: {
      ...fallbackPrune,
      ...defined(shared?.prune),
      ...(scope !== "shared" && defined(agent?.prune)),
    },
  }
}
export type SandboxConfig = ReturnType<typeof sandboxOf>
export type DockerConfig = SandboxConfig["docker"] & NonNullable<Written["docker"]>

const defined = <T extends object>(value: T | undefined) =>
  Object.fromEntries(Object.entries(value ?? {}).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
