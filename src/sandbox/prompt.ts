import { agentFolder, type Scope } from "./scope.ts"

/** What a model is told of the container its commands run in. */
export const sandboxSection = ({ config }: Scope): string => {
  const { workspaceAccess, docker } = config
  const files = {
    none: `It has a workspace of its own at ${docker.workdir}; the file tools see the same files.`,
    ro: `Your workspace is at ${agentFolder}, read-only; write what is new to ${docker.workdir}. The file tools only read.`,
    rw: `Your workspace is at ${docker.workdir}; the file tools see the same files.`,
  }
  const network = docker.network === "none" ? "It has no network. " : ""
  return `## Sandbox
exec runs in a container, not on the gateway's machine. ${files[workspaceAccess]}
${network}Programs, folders and credentials of the gateway's machine are not there. When something is missing, say so; do not look for a way out.`
}
