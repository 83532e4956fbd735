import type { Client } from "../../client/connect.ts"
import type { Waiting } from "../approvals.ts"
import type { Paint } from "../paint.ts"

/** What the terminal UI is given: it is loaded by itself, and shares no code with the program. */
export interface Surroundings {
  /** The gateway's address. */
  where: string
  session?: string
  /** Connects anew. */
  open: () => Promise<Client>
  paint: Paint
  print: (line: string) => void
}

/** Something in the conversation. */
export interface Block {
  kind: "you" | "agent" | "note" | "error"
  text: string
  /** The turn that writes it still. */
  runId?: string
}

/** A list to choose from; what is chosen is done. */
export interface Menu {
  title: string
  items: readonly { label: string; about?: string; choose: () => void }[]
  at: number
}

export interface Completion {
  name: string
  about: string
}

/** All that is seen. */
export interface State {
  where: string
  session: string
  model: string
  connection: "connecting" | "connected" | "lost"
  trouble: string
  blocks: Block[]
  /** Lines scrolled up from the end. */
  scroll: number
  /** Turns under way here. */
  running: Set<string>
  /** What a turn is doing, in a word. */
  doing: string
  approvals: Waiting[]
  commands: Completion[]
  menu: Menu | null
}

export const newState = (where: string): State => ({
  where,
  session: "",
  model: "",
  connection: "connecting",
  trouble: "",
  blocks: [],
  scroll: 0,
  running: new Set(),
  doing: "",
  approvals: [],
  commands: [],
  menu: null,
})

const mostBlocks = 400

export const addBlock = (state: State, block: Block) => {
  state.blocks = [...state.blocks, block].slice(-mostBlocks)
}

/** All the text of a turn so far takes the place of what was there of it. */
export const writeReply = (state: State, runId: string, text: string, live: boolean) => {
  const at = state.blocks.findLastIndex((block) => block.runId === runId)
  const block: Block = { kind: "agent", text, ...(live && { runId }) }
  if (at < 0) return text ? addBlock(state, block) : undefined
  state.blocks = text ? state.blocks.with(at, block) : state.blocks.toSpliced(at, 1)
}
