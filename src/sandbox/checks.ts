import { agents, listAgents } from "../agents/config.ts"
import { sandboxOf } from "../agents/sandbox.ts"
import { configValid } from "../config/checks.ts"
import { Environment } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { Clock } from "../kernel/clock.ts"
import { createDocker, unanswered } from "./docker.ts"

/** Agents that have sandboxes, with the image they need. */
const sandboxed = (config: Parameters<typeof listAgents>[0]) =>
  listAgents(config).flatMap((agent) => {
    const sandbox = sandboxOf(agent.sandbox, config.defaults.sandbox)
    return sandbox.mode === "off" ? [] : [{ agent: agent.id, image: sandbox.docker.image }]
  })

export const dockerAnswers = check({
  id: "sandbox.docker-answers",
  title: "Docker answers, where sandboxes are switched on",
  severity: "error",
  after: [configValid],
  needs: { agents, env: Environment, clock: Clock },
  async detect({ agents, env, clock }) {
    if (!sandboxed(agents).length) return null
    const reason = unanswered(await createDocker(env, clock).run(["version"], 10_000))
    return reason === undefined ? null : { reason }
  },
  explain: ({ reason }) =>
    `Sandboxes are switched on, and Docker does not answer: ${reason}. Commands of sandboxed sessions are refused.`,
  next: () => "Install and start Docker, or: fased config set agents.defaults.sandbox.mode off",
})

export const imagesThere = check({
  id: "sandbox.images-there",
  title: "The images of sandboxes are on this machine",
  severity: "error",
  after: [dockerAnswers],
  needs: { agents, env: Environment, clock: Clock },
  async detect({ agents, env, clock }) {
    const docker = createDocker(env, clock)
    const images = [...new Set(sandboxed(agents).map(({ image }) => image))]
    const missing: string[] = []
    for (const image of images) {
      const { code } = await docker.run(["image", "inspect", "--format", "{{.Id}}", image], 10_000)
      if (code !== 0) missing.push(image)
    }
    return missing.length ? { missing } : null
  },
  explain: ({ missing }) =>
    `Sandboxes are made from ${missing.join(", ")}, and this machine does not have that.`,
  next: ({ missing }) =>
    `docker pull debian:bookworm-slim && docker tag debian:bookworm-slim ${missing[0]}`,
})
