import { reason } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import { longCall } from "../../long-call.ts"
import type { Params, Result } from "../../methods.ts"
import { Icon } from "../../parts/icon.tsx"
import { FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import { problem, toast } from "../../parts/toast.tsx"
import { useUndertaking } from "../../undertaking.ts"

type Models = Result<"models.list">
type Probe = Result<"models.probe">["results"][number]
type Change = Omit<Params<"agents.update">, "agentId">
type TaskRole = keyof NonNullable<Change["taskModels"]>

const taskRoles: Record<TaskRole, { title: string; about: string }> = {
  strong: { title: "Hard work", about: "When something needs more thought." },
  cheapCheck: { title: "Quick checks", about: "Small questions that are asked often." },
  coding: { title: "Code", about: "Reading and writing programs." },
  summarizer: { title: "Summaries", about: "When a long conversation is shortened." },
  escalation: { title: "When others give up", about: "Asked after the rest failed." },
}

interface Props {
  gateway: Gateway
  agentId: string
  models: Models
  onChanged: () => void
}

/** Which model does what for an agent. Every choice counts from the next turn on. */
export const Roles = ({ gateway, agentId, models: { models, assignments }, onChanged }: Props) => {
  const refs = [...new Set(models.filter(({ available }) => available).map(refOf))].toSorted()
  const of = (role: string) => assignments.filter((one) => one.role === role)
  const primary = of("primary")[0]?.model ?? ""
  const fallbacks = of("fallback").map(({ model }) => model)
  const mayChange = gateway.may("admin")

  const probing = useUndertaking(async (signal) => {
    const named = [...new Set(assignments.map(({ model }) => model))]
    const { results } = await longCall(gateway, "models.probe", { models: named }, { signal })
    return new Map(results.map((one) => [one.ref, one]))
  })
  const change = async (what: string, wish: Change) => {
    try {
      await gateway.call("agents.update", { agentId, ...wish })
      toast(`${what} is changed.`)
    } catch (thrown) {
      problem(`Could not change it: ${reason(thrown)}.`)
    }
    onChanged()
  }
  const setFallbacks = (next: readonly string[]) =>
    void change("What comes after it", { fallbacks: [...next] })
  const choice = (label: string, value: string, onChange: (ref: string) => void, none?: string) => (
    <ModelChoice
      label={label}
      refs={refs}
      value={value}
      none={none}
      disabled={!mayChange}
      onChange={onChange}
    />
  )
  return (
    <section aria-labelledby="roles">
      <div class="section-head">
        <h2 id="roles">Which model does what</h2>
        {gateway.may("write") && (
          <button
            type="button"
            class="quiet"
            disabled={probing.isBusy}
            onClick={() => void probing.start()}
          >
            Test them
          </button>
        )}
      </div>
      {probing.isBusy && <Progress text="Asking each for a word" onCancel={probing.giveUp} />}
      {probing.failure && <FailureNotice what="test them" failure={probing.failure} />}
      <ul class="rows">
        <li>
          <div>
            <b>Answers</b>
            <small>The agent’s own model.</small>
            <Tested probe={probing.value?.get(primary)} />
          </div>
          {choice("Model that answers", primary, (model) => void change("The model", { model }))}
        </li>
        <li>
          <div>
            <b>When that fails</b>
            <small>Tried in this order.</small>
          </div>
          <ol class="ordered" aria-label="Models that are tried when the first one fails">
            {fallbacks.map((ref, at) => (
              <li key={ref}>
                <span>
                  {ref}
                  <Tested probe={probing.value?.get(ref)} />
                </span>
                {mayChange && (
                  <>
                    {at > 0 && (
                      <button
                        type="button"
                        class="quiet square"
                        aria-label={`Try ${ref} earlier`}
                        onClick={() => setFallbacks(swapped(fallbacks, at))}
                      >
                        <Icon name="up" />
                      </button>
                    )}
                    <button
                      type="button"
                      class="quiet square"
                      aria-label={`Try ${ref} no longer`}
                      onClick={() => setFallbacks(fallbacks.filter((one) => one !== ref))}
                    >
                      <Icon name="close" />
                    </button>
                  </>
                )}
              </li>
            ))}
            {mayChange && (
              <li>
                <ModelChoice
                  label="Another model to try"
                  refs={refs.filter((ref) => ref !== primary && !fallbacks.includes(ref))}
                  value=""
                  none={fallbacks.length ? "and then …" : "try …"}
                  onChange={(ref) => ref && setFallbacks([...fallbacks, ref])}
                />
              </li>
            )}
          </ol>
        </li>
        {Object.entries(taskRoles).map(([role, { title, about }]) => {
          const ref = of(role)[0]?.model ?? ""
          return (
            <li key={role}>
              <div>
                <b>{title}</b>
                <small>{about}</small>
                {ref && <Tested probe={probing.value?.get(ref)} />}
              </div>
              {choice(
                `Model for: ${title}`,
                ref,
                (model) => void change(title, { taskModels: { [role]: model || null } }),
                "the one that answers",
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

const refOf = ({ provider, id }: { provider: string; id: string }) => `${provider}/${id}`

/** The one at `at` a place earlier. */
const swapped = (list: readonly string[], at: number) => [
  ...list.slice(0, at - 1),
  list[at]!,
  list[at - 1]!,
  ...list.slice(at + 1),
]

interface ChoiceProps {
  label: string
  refs: readonly string[]
  value: string
  /** What choosing none means, where that can be. */
  none?: string
  disabled?: boolean
  onChange: (ref: string) => void
}

const ModelChoice = ({ label, refs, value, none, disabled, onChange }: ChoiceProps) => (
  <select
    class="row-choice"
    aria-label={label}
    value={value}
    disabled={disabled}
    onChange={({ currentTarget }) => onChange(currentTarget.value)}
  >
    {none !== undefined && <option value="">{none}</option>}
    {value && !refs.includes(value) && <option value={value}>{value} (not connected)</option>}
    {refs.map((ref) => (
      <option key={ref} value={ref}>
        {ref}
      </option>
    ))}
  </select>
)

const Tested = ({ probe }: { probe?: Probe }) =>
  probe ? (
    <small class={probe.ok ? "good" : "alarm"} role="status">
      {probe.ok
        ? `answered in ${Math.round(probe.ms)} ms`
        : [probe.message, probe.next].filter(Boolean).join(" ")}
    </small>
  ) : null
