import { useLayoutEffect, useState } from "preact/hooks"
import { failureOf } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { CopyButton } from "../../parts/copy-button.tsx"
import { FailureNotice } from "../../parts/notice.tsx"
import { confirmed } from "../../parts/question.tsx"
import { useResource } from "../../resource.ts"

type Help = Result<"gateway.method.get">

type Answer =
  | { kind: "waiting" }
  | { kind: "answer"; text: string; ms: number }
  | { kind: "failure"; thrown: unknown; ms: number }

const inJson = (value: unknown) => JSON.stringify(value, null, 2)

const parsed = (text: string): { value: object } | { problem: string } => {
  try {
    const value: unknown = JSON.parse(text || "{}")
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return { problem: "Parameters are an object: { … }" }
    return { value }
  } catch (error) {
    return { problem: `This is not JSON yet: ${(error as Error).message}` }
  }
}

/** Methods that only read are called at once; others after a question. */
const isMeant = ({ name, summary, scope }: Help) =>
  scope === "read" ||
  confirmed({
    title: `Call ${name}?`,
    text: `${summary} It is done on this gateway, as by any other client.`,
    action: "Call it",
    isDestructive: scope === "admin",
  })

/** Calls any method the gateway has. */
export const MethodCaller = ({ gateway }: { gateway: Gateway }) => {
  const link = gateway.link.value
  const names = (link.kind === "open" && link.hello.features?.methods) || []
  const [name, setName] = useState("health")
  const [text, setText] = useState("{}")
  const [answer, setAnswer] = useState<Answer>()
  const isKnown = names.includes(name)
  const help = useResource(
    gateway,
    async () => (isKnown ? gateway.call("gateway.method.get", { name }) : undefined),
    { of: [name, isKnown] },
  ).value
  const shown = help?.name === name ? help : undefined
  // With the words about it, not a moment later.
  useLayoutEffect(() => {
    if (shown) setText(inJson(shown.example))
    setAnswer(undefined)
  }, [shown])
  const params = parsed(text)

  const call = async () => {
    if (!shown || !("value" in params) || !(await isMeant(shown))) return
    setAnswer({ kind: "waiting" })
    const began = performance.now()
    const ms = () => Math.round(performance.now() - began)
    try {
      const result = await gateway.request(name, params.value)
      setAnswer({ kind: "answer", text: inJson(result) ?? "nothing", ms: ms() })
    } catch (thrown) {
      setAnswer({ kind: "failure", thrown, ms: ms() })
    }
  }

  return (
    <section aria-labelledby="call">
      <h2 id="call">Call a method</h2>
      <form
        class="caller"
        onSubmit={(event) => {
          event.preventDefault()
          void call()
        }}
      >
        <div class="form-field">
          <label for="method">Method</label>
          <input
            id="method"
            list="methods"
            autocomplete="off"
            spellcheck={false}
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value.trim())}
          />
          <datalist id="methods">
            {names.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
          <p class="field-hint">
            {shown ? (
              <>
                {shown.summary} <span class="tag">{shown.scope}</span>
              </>
            ) : isKnown ? (
              "Reading what it does…"
            ) : (
              `${names.length} methods; begin to type to see them.`
            )}
          </p>
        </div>
        <div class="form-field">
          <label for="params">Parameters</label>
          <textarea
            id="params"
            class="code"
            rows={Math.min(14, Math.max(3, text.split("\n").length))}
            spellcheck={false}
            aria-invalid={"problem" in params ? true : undefined}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
          {"problem" in params && <p class="field-problem">{params.problem}</p>}
        </div>
        {shown && (
          <details class="schema">
            <summary>What it takes</summary>
            <pre tabIndex={0}>{inJson(shown.params)}</pre>
          </details>
        )}
        <button
          type="submit"
          class="primary"
          disabled={!shown || "problem" in params || answer?.kind === "waiting"}
          aria-busy={answer?.kind === "waiting"}
        >
          Call
        </button>
      </form>
      <div aria-live="polite">
        {answer?.kind === "failure" && (
          <FailureNotice
            what={`call ${name} (${answer.ms} ms)`}
            failure={failureOf(answer.thrown)}
          />
        )}
        {answer?.kind === "answer" && (
          <div class="answer">
            <header>
              <span>Answered in {answer.ms} ms</span>
              <CopyButton text={answer.text} what="the answer" />
            </header>
            <pre tabIndex={0}>{answer.text}</pre>
          </div>
        )}
      </div>
    </section>
  )
}
