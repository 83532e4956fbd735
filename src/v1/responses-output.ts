import { randomBytes } from "node:crypto"
import type { TurnPart } from "../agent/turns.ts"

type Status = "in_progress" | "completed" | "incomplete"
interface OutputText {
  type: "output_text"
  text: string
  annotations: never[]
  logprobs: never[]
}

/** What a response consists of, in the words of the API. */
export type OutputItem =
  | { type: "message"; id: string; status: Status; role: "assistant"; content: OutputText[] }
  | { type: "reasoning"; id: string; summary: { type: "summary_text"; text: string }[] }
  | {
      type: "function_call"
      id: string
      call_id: string
      name: string
      arguments: string
      status: Status
    }
type CallItem = Extract<OutputItem, { type: "function_call" }>
type SaidItem = Exclude<OutputItem, CallItem>

/** Tells one event of the stream, without its number. */
export type Tell = (type: string, fields: Record<string, unknown>) => void

/** An id that nobody guesses. */
export const newId = (kind: "resp" | "msg" | "rs" | "fc") =>
  `${kind}_${randomBytes(24).toString("hex")}`

const outputText = (text: string): OutputText => ({
  type: "output_text",
  text,
  annotations: [],
  logprobs: [],
})
const summaryText = (text: string) => ({ type: "summary_text" as const, text })

/** Puts what a turn says into output items, and tells the events of each as it grows. */
export class Output {
  readonly items: OutputItem[] = []
  /** The message or the thought that is being said. */
  #open: { item: SaidItem; at: number; text: string } | undefined
  readonly #calls = new Map<string, { item: CallItem; at: number }>()

  constructor(
    private readonly tell: Tell,
    /** Whether thoughts were asked for. */
    private readonly thoughts: boolean,
  ) {}

  hear(part: TurnPart) {
    switch (part.type) {
      case "text":
        return this.#say("message", part.delta)
      case "thinking":
        if (this.thoughts) this.#say("reasoning", part.delta)
        return
      case "call":
        return this.#call(part.id, part.name)
      case "arguments":
        return this.#arguments(part.id, part.delta)
    }
  }

  /** Nothing more comes; `status` is that of whatever was not whole. */
  close(status: "completed" | "incomplete") {
    this.#closeSaid(status)
    for (const call of this.#calls.values()) this.#closeCall(call, status)
    this.#calls.clear()
  }

  #say(type: SaidItem["type"], delta: string) {
    if (!delta) return
    if (this.#open?.item.type !== type) {
      this.#closeSaid("completed")
      this.#begin(type)
    }
    const open = this.#open!
    open.text += delta
    if (type === "message")
      this.tell("response.output_text.delta", { ...textPlace(open), delta, logprobs: [] })
    else this.tell("response.reasoning_summary_text.delta", { ...summaryPlace(open), delta })
  }

  #begin(type: SaidItem["type"]) {
    const item: SaidItem =
      type === "message"
        ? { type, id: newId("msg"), status: "in_progress", role: "assistant", content: [] }
        : { type, id: newId("rs"), summary: [] }
    const open = { item, at: this.#add(item), text: "" }
    this.#open = open
    if (type === "message")
      this.tell("response.content_part.added", { ...textPlace(open), part: outputText("") })
    else
      this.tell("response.reasoning_summary_part.added", {
        ...summaryPlace(open),
        part: summaryText(""),
      })
  }

  #closeSaid(status: "completed" | "incomplete") {
    const open = this.#open
    if (!open) return
    this.#open = undefined
    const { item, at, text } = open
    if (item.type === "message") {
      const part = outputText(text)
      item.content.push(part)
      item.status = status
      this.tell("response.output_text.done", { ...textPlace(open), text, logprobs: [] })
      this.tell("response.content_part.done", { ...textPlace(open), part })
    } else {
      const part = summaryText(text)
      item.summary.push(part)
      this.tell("response.reasoning_summary_text.done", { ...summaryPlace(open), text })
      this.tell("response.reasoning_summary_part.done", { ...summaryPlace(open), part })
    }
    this.#done(item, at)
  }

  #call(id: string, name: string) {
    this.#closeSaid("completed")
    const item: CallItem = {
      type: "function_call",
      id: newId("fc"),
      call_id: id,
      name,
      arguments: "",
      status: "in_progress",
    }
    this.#calls.set(id, { item, at: this.#add(item) })
  }

  #arguments(id: string, delta: string) {
    const call = this.#calls.get(id)
    if (!call || !delta) return
    call.item.arguments += delta
    this.tell("response.function_call_arguments.delta", { ...placeOf(call), delta })
  }

  #closeCall({ item, at }: { item: CallItem; at: number }, status: "completed" | "incomplete") {
    item.status = status
    const { name, arguments: written } = item
    this.tell("response.function_call_arguments.done", {
      ...placeOf({ item, at }),
      name,
      arguments: written,
    })
    this.#done(item, at)
  }

  #add(item: OutputItem) {
    const at = this.items.push(item) - 1
    this.tell("response.output_item.added", { output_index: at, item })
    return at
  }

  #done(item: OutputItem, at: number) {
    this.tell("response.output_item.done", { output_index: at, item })
  }
}

const placeOf = ({ item, at }: { item: OutputItem; at: number }) => ({
  item_id: item.id,
  output_index: at,
})
const textPlace = (open: { item: OutputItem; at: number }) => ({
  ...placeOf(open),
  content_index: 0,
})
const summaryPlace = (open: { item: OutputItem; at: number }) => ({
  ...placeOf(open),
  summary_index: 0,
})
