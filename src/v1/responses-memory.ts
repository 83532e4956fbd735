import type { Clock } from "../kernel/clock.ts"
import { service } from "../kernel/service.ts"
import type { Media } from "../media/service.ts"
import { unknownItem, unknownResponse } from "./responses-faults.ts"
import { wordsOf } from "./responses-input.ts"
import type { Heard } from "./responses-items.ts"
import type { ResponseObject } from "./responses-object.ts"
import type { OutputItem } from "./responses-output.ts"
import type { Asker, Kept, KeptPart, KeptWord, ResponseStore } from "./responses-store.ts"
import type { Word, WordPart } from "./words.ts"

/** How long a response stays that nobody goes on from. */
const keptMs = 30 * 24 * 60 * 60 * 1000
const mostKept = 10_000
/** Old ones are looked for once in so many new ones. */
const lookEvery = 50

/** What responses said, for those that go on from them. */
export interface ResponseMemory {
  keep(one: {
    asker: Required<Asker>
    previousId: string | null
    /** What it answered: instructions that hold for it alone are not among them. */
    words: readonly Word[]
    response: ResponseObject
  }): Promise<void>
  /** Throws `v1.unknown-response`, as the next three do. */
  find(id: string, asker: Asker): Promise<ResponseObject>
  remove(id: string, asker: Asker): Promise<void>
  /** The conversation that a response is the end of. */
  conversation(id: string, asker: Asker): Promise<Word[]>
  /** The same, link by link, without what the response itself said. */
  heard(id: string, asker: Asker): Promise<Heard[]>
  /** Throws `v1.unknown-item`. */
  item(id: string, asker: Asker, param: string): Promise<OutputItem>
}
export const ResponseMemory = service<ResponseMemory>("response memory")

export const createResponseMemory = ({
  store,
  media,
  clock,
}: {
  store: ResponseStore
  media: Media
  clock: Clock
}): ResponseMemory => {
  let kept = 0

  const keepWord = async (word: Word, id: string): Promise<KeptWord> => {
    if (!("parts" in word)) return word
    const parts: KeptPart[] = []
    for (const part of word.parts) {
      if (part.type === "text") parts.push(part)
      else
        parts.push({ ...(await media.keep(ownerOf(id), part.bytes, "A picture")), type: "image" })
    }
    return { ...word, parts }
  }

  const wordOf = async (word: KeptWord, id: string): Promise<Word> => {
    if (!("parts" in word)) return word
    const parts: WordPart[] = []
    for (const part of word.parts) {
      if (part.type === "text") parts.push(part)
      else {
        const found = await media.read(ownerOf(id), part.mediaId)
        parts.push(found ? { type: "image", ...found } : { type: "text", text: forgotten })
      }
    }
    return { ...word, parts }
  }

  const read = async ({ id, input, response }: Kept): Promise<Heard> => {
    const words: Word[] = []
    for (const word of input) words.push(await wordOf(word, id))
    return { id, words, output: response.output }
  }

  const chainOf = async (id: string, asker: Asker, param?: string) => {
    const chain = await store.chain(id, asker, clock.now())
    if (!chain) throw unknownResponse({ id, param })
    return Promise.all(chain.map(read))
  }

  return {
    async keep({ asker, previousId, words, response }) {
      const { id } = response
      const input: KeptWord[] = []
      for (const word of words) input.push(await keepWord(word, id))
      await store.keep({ id, ...asker, previousId, input, response }, clock.now())
      if (kept++ % lookEvery === 0) await store.prune(clock.now() - keptMs, mostKept)
    },
    async find(id, asker) {
      const found = await store.find(id, asker)
      if (!found) throw unknownResponse({ id })
      return found.response
    },
    async remove(id, asker) {
      if (!(await store.remove(id, asker))) throw unknownResponse({ id })
    },
    async conversation(id, asker) {
      const chain = await chainOf(id, asker, "previous_response_id")
      return chain.flatMap(({ words, output }) => [...words, ...wordsOf(output)])
    },
    async heard(id, asker) {
      const chain = await chainOf(id, asker)
      return chain.map((one) => (one.id === id ? { ...one, output: [] } : one))
    },
    async item(id, asker, param) {
      const found = await store.item(id, asker)
      if (!found) throw unknownItem({ id, param })
      return found
    },
  }
}

/** Whose pictures they are, in the media store. */
const ownerOf = (id: string) => `response:${id}`

const forgotten = "[a picture from earlier, which is kept no longer]"
