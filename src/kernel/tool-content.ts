/** One piece of what a tool gives a model to look at. */
export type ToolPart =
  | { type: "text"; text: string }
  /** The bytes of a picture as it lies on disk or came over the wire. */
  | { type: "image"; mimeType: string; data: Uint8Array }

/** What a tool returns when its result is more than text. Anything else it returns becomes text. */
export class ToolContent {
  constructor(readonly content: readonly ToolPart[]) {}
}

export const toolContent = (...content: ToolPart[]) => new ToolContent(content)
