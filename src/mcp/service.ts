import { service } from "../kernel/service.ts"

export const states = ["off", "starting", "ready", "resting", "failed"] as const
/** off: not started · resting: ended for want of use, started by the next call · failed: tried again later */
export type State = (typeof states)[number]

export interface McpStatus {
  id: string
  enabled: boolean
  /** How it is reached. */
  transport: "stdio" | "http"
  /** The program's name, or the address without what may be secret in it. */
  where: string
  state: State
  tools: number
  /** Times it was started again after it had failed. */
  restarts: number
  problem?: string
}

export interface McpTest {
  name: string
  version: string
  protocol: string
  ms: number
  tools: number
}

/** The MCP servers of the config. */
export interface McpServers {
  list(): McpStatus[]
  /** Starts one now, and asks whether it answers. Throws what is wrong with it. */
  test(id: string): Promise<McpTest>
  /** Starts and stops what the config wants now; none is waited for. */
  follow(): void
  /** Stops all. */
  close(): Promise<void>
}
export const McpServers = service<McpServers>("mcp servers")
