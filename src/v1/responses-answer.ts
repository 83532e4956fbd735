import type { RouteContext } from "../kernel/route.ts"
import type { Clock } from "../kernel/clock.ts"
import { Backlog } from "./backlog.ts"
import type { Answering, Ended } from "./chat-answer.ts"
import { EventStream, eventStreamHeaders } from "./event-stream.ts"
import type { Laggards } from "./laggards.ts"
import { openAiError } from "./refusal.ts"
import { type Begun, ended, inProgress, type ResponseObject } from "./responses-object.ts"
import { Output } from "./responses-output.ts"

/** A refusal within so long is an HTTP status, which clients retry by; later it is in the stream. */
const statusMs = 3_000

interface Asked {
  answering: Answering
  begun: Begun
  clock: Clock
  /** Keeps what came of it, where that is wanted. */
  keep(response: ResponseObject): Promise<void>
}

/** The whole response at once. */
export const answerWhole = async ({ answering, begun, clock, keep }: Asked): Promise<Response> => {
  const output = new Output(() => {}, wantsThoughts(begun))
  const end = await answering.run({ hear: (part) => output.hear(part) })
  if ("refused" in end) return refusal(end)
  const response = finished(output, { begun, end, at: clock.now() })
  await keep(response)
  return Response.json(response)
}

/** The events of a response, as it comes to be. */
export const answerStreamed = async (
  { answering, begun, clock, keep }: Asked,
  {
    during,
    laggards,
    gone,
  }: Pick<RouteContext, "during"> & { laggards: Laggards; gone: AbortController },
): Promise<Response> => {
  const stream = new EventStream({ clock, during, gone: () => gone.abort() })
  let number = 0
  const tell = (type: string, fields: Record<string, unknown>) =>
    stream.write(
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...fields })}\n\n`,
    )
  tell("response.created", { response: inProgress(begun) })
  tell("response.in_progress", { response: inProgress(begun) })
  const output = new Output(tell, wantsThoughts(begun))
  const backlog = new Backlog({
    stream,
    say: (part) => output.hear(part),
    cut: (why) => gone.abort(why),
    laggards,
    clock,
  })
  const speaking = Promise.withResolvers<void>()
  const ending = answering.run({
    hear(part) {
      speaking.resolve()
      backlog.hear(part)
    },
    room: backlog.room,
  })
  const cancel = clock.after(statusMs, speaking.resolve)
  const early = await Promise.race([speaking.promise, ending])
  cancel()
  if (early && "refused" in early) {
    stream.drop()
    return refusal(early)
  }
  const finish = async () => {
    const end = await ending
    await backlog.empty()
    const response = finished(output, { begun, end, at: clock.now() })
    if ("refused" in end) tell("error", openAiError(end.refused))
    else await keep(response)
    tell(`response.${response.status}`, { response })
    stream.write("data: [DONE]\n\n")
    stream.end()
  }
  void finish()
  return new Response(stream.body, { headers: eventStreamHeaders })
}

const wantsThoughts = ({ request }: Begun) => Boolean(request.reasoning?.summary)

const refusal = ({ refused }: Extract<Ended, { refused: unknown }>) =>
  Response.json(openAiError(refused), { status: refused.status, headers: refused.headers })

const finished = (output: Output, { begun, end, at }: { begun: Begun; end: Ended; at: number }) => {
  const isWhole = "finish" in end && (end.finish === "stop" || end.finish === "tool_calls")
  output.close(isWhole ? "completed" : "incomplete")
  return ended(begun, output.items, { end, at })
}
