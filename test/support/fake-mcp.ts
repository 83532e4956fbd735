/** An MCP server on the real wire, with the faults a test asks for by the name of a tool. */

export interface FakeTool {
  name: string
  description?: string
  inputSchema?: object
}

export const usualTools: FakeTool[] = [
  {
    name: "echo",
    description: "Says it back.",
    inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  },
  { name: "slow", description: "Answers when it is too late." },
  { name: "steps", description: "Tells how far it is." },
  { name: "crash", description: "Ends in mid-call." },
  { name: "huge", description: "Answers with far too much." },
  { name: "fails", description: "Says that it failed." },
  { name: "picture", description: "Shows a picture." },
  { name: "environment", description: "Tells what it was given." },
  { name: "grow", description: "Gets another tool." },
]

export const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

export interface Request {
  id?: number
  method: string
  params?: Record<string, any> // oxlint-disable-line typescript/no-explicit-any -- whatever came
}

type Say = (message: object) => void

/** What a server does with what it is told. `crash` ends it as its transport can. */
export const fakeServer = (crash: () => void, tools = [...usualTools]) => {
  const told: Request[] = []
  const text = (words: string, extra: object = {}) => ({
    content: [{ type: "text", text: words }],
    ...extra,
  })
  const call = (name: string, args: Record<string, unknown>, say: Say, request: Request) => {
    switch (name) {
      case "slow":
        return undefined
      case "crash":
        return void crash()
      case "steps": {
        const progressToken = request.params?._meta?.progressToken
        const params = { progressToken, progress: 1, total: 2, message: "half" }
        say({ jsonrpc: "2.0", method: "notifications/progress", params })
        return text("done")
      }
      case "huge":
        return text("x".repeat(100 * 1024 * 1024))
      case "fails":
        return text("no such note", { isError: true })
      case "picture":
        return { content: [{ type: "image", data: pixel, mimeType: "image/png" }] }
      case "environment":
        return text(JSON.stringify({ env: process.env, cwd: process.cwd(), pid: process.pid }))
      case "grow":
        tools.push({ name: "grown", description: "Was not there before." })
        say({ jsonrpc: "2.0", method: "notifications/tools/list_changed" })
        return text("grown")
      default:
        return text(`echo: ${String(args.text)}`)
    }
  }
  const answer = (request: Request, say: Say): object | undefined => {
    switch (request.method) {
      case "initialize":
        return {
          protocolVersion: request.params?.protocolVersion,
          capabilities: { tools: { listChanged: true } },
          serverInfo: { name: "fake", version: "1.2.3" },
        }
      case "tools/list": {
        // One a page, so that pages are turned.
        const at = Number(request.params?.cursor ?? 0)
        const page = tools.slice(at, at + 5).map((one) => ({
          inputSchema: { type: "object", properties: {} },
          ...one,
        }))
        return { tools: page, ...(at + 5 < tools.length && { nextCursor: `${at + 5}` }) }
      }
      case "tools/call":
        return call(request.params?.name, request.params?.arguments ?? {}, say, request)
      default:
        return {}
    }
  }
  return {
    told,
    tools,
    hear(request: Request, say: Say) {
      told.push(request)
      if (request.id === undefined || !request.method) return
      const result = answer(request, say)
      if (result) say({ jsonrpc: "2.0", id: request.id, result })
    },
  }
}
