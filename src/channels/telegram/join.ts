import type { Clock } from "../../kernel/clock.ts"
import type { Arrival, Deed, Heard } from "../../kernel/network.ts"
import { inTurn } from "../in-turn.ts"
import type { Piece } from "./inbound.ts"

/** Pictures of one album come within moments of each other. */
const albumMs = 300
const mostOfAlbum = 10
/** A long text is cut by the sender's own app, and its parts follow one another. */
const pasteMs = 1500
const pastePart = 4000
const mostOfPaste = 12

interface Held {
  pieces: readonly Piece[]
  cancel: () => void
  heard: PromiseWithResolvers<Heard>
}

/**
 * Hands arrivals over: one after the other in a chat, chats side by side, and what was sent as one
 * message put together again. What it returns settles with the whole of which the piece is a part.
 */
export const joiner = (
  clock: Pick<Clock, "after">,
  arrived: (arrival: Arrival) => Promise<Heard>,
) => {
  const held = new Map<string, Held>()
  const ordered = inTurn()
  const hand = (chat: string, arrival: Arrival) => ordered(chat, () => arrived(arrival))

  const release = (chat: string) => {
    const group = held.get(chat)
    if (!group) return
    held.delete(chat)
    group.cancel()
    hand(chat, joined(group.pieces)).then(group.heard.resolve, group.heard.reject)
  }

  const hold = (chat: string, pieces: readonly Piece[], heard: Held["heard"], ms: number) => {
    held.get(chat)?.cancel()
    held.set(chat, { pieces, heard, cancel: clock.after(ms, () => release(chat)) })
    if (isFull(pieces)) release(chat)
    return heard.promise
  }

  return (piece: Piece): Promise<Heard> => {
    const chat = piece.arrival.conversation.id
    const group = held.get(chat)
    const wait = waitAfter(piece)
    if (group && belongs(group.pieces.at(-1)!, piece))
      return hold(chat, [...group.pieces, piece], group.heard, wait)
    release(chat)
    return wait ? hold(chat, [piece], Promise.withResolvers(), wait) : hand(chat, piece.arrival)
  }
}

/** How long more of the same may follow; 0 when it is whole. */
const waitAfter = ({ arrival: { deed }, album }: Piece) =>
  album ? albumMs : isPastePart(deed) && deed.text.length >= pastePart ? pasteMs : 0

const isPastePart = (deed: Deed): deed is Extract<Deed, { kind: "message" }> =>
  deed.kind === "message" && !deed.attachments?.length && !deed.location

const belongs = (before: Piece, piece: Piece) => {
  const [a, b] = [before.arrival, piece.arrival]
  if (a.sender.ids[0] !== b.sender.ids[0]) return false
  if (a.conversation.thread?.id !== b.conversation.thread?.id) return false
  if (before.album || piece.album) return before.album === piece.album
  return isPastePart(b.deed) && !b.deed.quoted
}

const isFull = (pieces: readonly Piece[]) =>
  pieces.length >= (pieces[0]!.album ? mostOfAlbum : mostOfPaste) || waitAfter(pieces.at(-1)!) === 0

const joined = (pieces: readonly Piece[]): Arrival => {
  const arrival = pieces[0]!.arrival
  const deeds = pieces.flatMap(({ arrival: { deed } }) => (deed.kind === "message" ? [deed] : []))
  const [first] = deeds
  if (!first || deeds.length === 1) return arrival
  return {
    ...arrival,
    deed: {
      ...first,
      text: deeds
        .map(({ text }) => text)
        .filter(Boolean)
        .join(pieces[0]!.album ? "\n" : ""),
      attachments: deeds.flatMap(({ attachments }) => attachments ?? []),
      mentions: {
        bot: deeds.some(({ mentions }) => mentions?.bot),
        others: deeds.some(({ mentions }) => mentions?.others),
      },
    },
  }
}
