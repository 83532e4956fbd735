import { useState } from "preact/hooks"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { Action } from "../../parts/action.tsx"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { confirmed } from "../../parts/question.tsx"
import { toast } from "../../parts/toast.tsx"
import { useResource } from "../../resource.ts"
import { duration } from "../../words.ts"
import { AddProvider } from "./add-provider.tsx"

type Auth = Result<"models.auth.status">
export type Provider = Auth["providers"][number]
type Profile = Provider["profiles"][number]

interface Props {
  gateway: Gateway
  agentId: string
  /** Names of providers by their ids. */
  labels: ReadonlyMap<string, string>
  onChanged: () => void
}

/** Who models are had from, and what they are had with. */
export const Providers = ({ gateway, agentId, labels, onChanged }: Props) => {
  const [isAdding, setAdding] = useState(false)
  const auth = useResource(gateway, () => gateway.call("models.auth.status", { agentId }), {
    events: ["config.changed"],
  })
  const changed = () => {
    auth.reload()
    onChanged()
  }
  const remove = async ({ profileId, agentId: owner }: Profile) => {
    const isMeant = await confirmed({
      title: `Forget ${profileId}?`,
      text: "The key or sign-in is deleted here. It stays good at the provider: end it there if it is not to be used again.",
      action: "Forget",
      isDestructive: true,
    })
    if (!isMeant) return
    await gateway.call("models.auth.clear", { profileId, agentId: owner })
    changed()
    toast(`${profileId} is forgotten.`)
  }
  const labelOf = (provider: string) => labels.get(provider) ?? provider
  return (
    <section aria-labelledby="providers">
      <div class="section-head">
        <h2 id="providers">Providers</h2>
        {gateway.may("admin") && (
          <button type="button" class="quiet" onClick={() => setAdding(true)}>
            Connect a provider
          </button>
        )}
      </div>
      <Known resource={auth} what="the providers">
        {({ providers }) => {
          const connected = providers.filter(({ effective }) => effective.kind !== "missing")
          return connected.length === 0 ? (
            <Empty title="No model provider is connected.">
              Until one is, agents are answered for by fased’s own guide, which is no language
              model.
            </Empty>
          ) : (
            <ul class="rows" aria-label="Providers that are connected">
              {connected.map((one) => (
                <li key={one.provider}>
                  <div>
                    <b>{labelOf(one.provider)}</b>
                    {one.profiles.length === 0 && <small>{sourceWords(one)}</small>}
                    {one.profiles.map((profile) => (
                      <small key={profile.profileId} class={isWell(profile) ? undefined : "alarm"}>
                        {profileWords(profile)}
                        {gateway.may("admin") && (
                          <Action
                            class="link"
                            what={`forget ${profile.profileId}`}
                            label={`Forget ${profile.profileId}`}
                            act={() => remove(profile)}
                          >
                            Forget
                          </Action>
                        )}
                      </small>
                    ))}
                  </div>
                </li>
              ))}
            </ul>
          )
        }}
      </Known>
      {isAdding && auth.value && (
        <AddProvider
          gateway={gateway}
          agentId={agentId}
          providers={auth.value.providers}
          labelOf={labelOf}
          onDone={(said) => {
            setAdding(false)
            if (!said) return
            changed()
            toast(said)
          }}
        />
      )}
    </section>
  )
}

const sourceWords = ({ effective: { kind, detail } }: Provider) => {
  switch (kind) {
    case "env":
      return `by the variable ${detail}`
    case "local":
      return "needs no key"
    case "models.json":
      return `by ${detail}`
    default:
      return detail
  }
}

const isWell = ({ status, unusableKind }: Profile) =>
  !unusableKind && (status === "ok" || status === "static" || status === "expiring")

const profileWords = (profile: Profile) => {
  const { label, type, status, remainingMs, unusableKind, unusableReason } = profile
  const kind = { oauth: "signed in", token: "token", api_key: "key" }[type]
  const state = unusableKind
    ? `not used for now: ${unusableReason ?? unusableKind}`
    : status === "expiring" && remainingMs !== undefined
      ? `ends in ${duration(remainingMs)}`
      : isWell(profile)
        ? ""
        : status
  return [label, kind, state].filter(Boolean).join(" · ")
}
