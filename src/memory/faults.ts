import { fault } from "../kernel/fault.ts"

export const memoryOff = fault<{ agentId: string }>("memory.off", {
  status: 400,
  message: ({ agentId }) => `The memory of the agent ${agentId} is not searched.`,
  hint: () =>
    "The operator can turn it on: fased config set agents.defaults.memorySearch.enabled true",
})

export const outsideMemory = fault<{ path: string }>("memory.outside", {
  status: 403,
  message: ({ path }) => `${path.slice(0, 200)} is not a file of the agent's memory.`,
  hint: () => "Use a path that memory_search gave.",
})

export const noEmbedder = fault<{ what: string; next: string }>("memory.no-embedder", {
  status: 503,
  message: ({ what }) => `No embeddings can be made: ${what}.`,
  hint: ({ next }) => next,
})

export const badEmbeddings = fault<{ provider: string; what: string }>("memory.bad-embeddings", {
  status: 502,
  message: ({ provider, what }) => `${provider} answered with ${what} instead of embeddings.`,
  hint: () => "Check the model and the address in agents.defaults.memorySearch.",
})
