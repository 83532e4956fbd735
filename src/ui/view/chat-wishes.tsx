import type { App } from "../app.ts"
import { reason } from "../failure.ts"
import type { Gateway } from "../gateway.ts"
import type { Params, Result } from "../methods.ts"
import { problem } from "../parts/toast.tsx"
import { useResource } from "../resource.ts"

interface Props {
  app: App
  gateway: Gateway
}

type Level = NonNullable<Params<"sessions.patch">["thinkingLevel"]>

const levels: readonly Level[] = ["off", "minimal", "low", "medium", "high", "xhigh"]

/**
 * Changes what this conversation wants. One that the gateway does not keep yet is told in its own
 * words, which begin it.
 */
const wish = async (
  { app, gateway }: Props,
  patch: Pick<Params<"sessions.patch">, "model" | "thinkingLevel">,
  words: string,
) => {
  if (!app.row.value) return app.send(words)
  try {
    await gateway.call("sessions.patch", { key: app.key.value, ...patch })
  } catch (thrown) {
    problem(`Could not change what answers here: ${reason(thrown)}.`)
  }
}

type Models = Result<"models.list">["models"]

/** Which model answers in this conversation, and how hard it thinks. */
export const ChatWishes = (props: Props) => {
  const { app, gateway } = props
  const { value } = useResource(
    gateway,
    () => gateway.call("models.list", { available: true, sessionKey: app.key.value }),
    { events: ["config.changed"], of: [app.key.value] },
  )
  const models = value?.models ?? []
  return (
    <div class="chat-wishes">
      <ModelChoice models={models} {...props} />
      <ThinkingChoice models={models} {...props} />
    </div>
  )
}

const ModelChoice = ({ app, gateway, models: known }: Props & { models: Models }) => {
  const current = app.model.value
  if (!current) return null
  const byProvider = Map.groupBy(known, ({ provider }) => provider)
  const isListed = known.some(({ provider, id }) => `${provider}/${id}` === current)
  return (
    <label class="choice">
      <span class="hidden">Model</span>
      <select
        value={current}
        disabled={!gateway.may("admin") || app.link.value.kind !== "open"}
        onChange={({ currentTarget: { value: model } }) =>
          void wish({ app, gateway }, { model }, `/model ${model}`)
        }
      >
        {!isListed && <option value={current}>{current}</option>}
        {[...byProvider].map(([provider, models]) => (
          <optgroup key={provider} label={provider}>
            {models.map(({ id, name }) => (
              <option key={id} value={`${provider}/${id}`}>
                {name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  )
}

const ThinkingChoice = ({ app, gateway, models }: Props & { models: Models }) => {
  const model = models.find(({ provider, id }) => `${provider}/${id}` === app.model.value)
  if (!model?.reasoning) return null
  const current = app.row.value?.thinkingLevel ?? ""
  return (
    <label class="choice">
      <span class="hidden">Thinking</span>
      <select
        value={current}
        disabled={!gateway.may("admin") || app.link.value.kind !== "open"}
        onChange={({ currentTarget }) => {
          const level = levels.find((one) => one === currentTarget.value) ?? null
          void wish({ app, gateway }, { thinkingLevel: level }, `/think ${level ?? "default"}`)
        }}
      >
        <option value="">Usual thinking</option>
        {levels.map((level) => (
          <option key={level} value={level}>
            Thinking: {level}
          </option>
        ))}
      </select>
    </label>
  )
}
