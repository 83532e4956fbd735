import { useState } from "preact/hooks"
import type { Gateway } from "../../gateway.ts"
import { ChoiceField, SecretField } from "../../parts/field.tsx"
import { FormDialog } from "../../parts/form-dialog.tsx"
import { FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import { useUndertaking } from "../../undertaking.ts"
import type { Provider } from "./providers.tsx"
import { SignIn } from "./sign-in.tsx"

interface Props {
  gateway: Gateway
  agentId: string
  providers: readonly Provider[]
  labelOf: (provider: string) => string
  /** With what to say, where something was done. */
  onDone: (said?: string) => void
}

/** Connects a model provider: by a key, or by signing in where that can be done. */
export const AddProvider = ({ gateway, agentId, providers, labelOf, onDone }: Props) => {
  const known = providers.toSorted((a, b) => labelOf(a.provider).localeCompare(labelOf(b.provider)))
  const usual = known.find(({ provider }) => provider === "anthropic") ?? known[0]
  const [id, setId] = useState(usual?.provider ?? "")
  const [secret, setSecret] = useState("")
  const [isSigningIn, setSigningIn] = useState(false)
  const chosen = known.find(({ provider }) => provider === id)
  const label = labelOf(id)

  const saving = useUndertaking(async () => {
    await gateway.call("models.auth.store", {
      profileId: `${id}:default`,
      provider: id,
      mode: "api_key",
      secret: secret.trim(),
      agentId,
    })
    onDone(`The key for ${label} is kept.`)
  })
  if (!chosen) return null
  if (isSigningIn)
    return (
      <SignIn
        gateway={gateway}
        agentId={agentId}
        provider={id}
        onClose={() => setSigningIn(false)}
        onDone={() => onDone(`You are signed in at ${label}.`)}
      />
    )
  const has = chosen.profiles.some(({ profileId }) => profileId === `${id}:default`)
  return (
    <FormDialog
      title="Connect a provider"
      action="Keep the key"
      isReady={secret.trim() !== ""}
      onSubmit={() => saving.start()}
      onClose={() => onDone()}
    >
      <ChoiceField
        label="Provider"
        value={id}
        options={known.map(({ provider, login }) => ({
          value: provider,
          label: login && !labelOf(provider).includes(login) ? login : labelOf(provider),
        }))}
        onChange={setId}
      />
      {chosen.login && (
        <p class="step">
          <button type="button" class="plain" onClick={() => setSigningIn(true)}>
            Sign in
          </button>{" "}
          {chosen.login}
        </p>
      )}
      <SecretField
        label={chosen.login ? "Or its key" : "Key"}
        hint={
          has
            ? "It takes the place of the one that is kept."
            : "It is kept in this gateway’s database and never shown again."
        }
        value={secret}
        onChange={setSecret}
      />
      {saving.isBusy && <Progress text="Keeping the key" onCancel={saving.giveUp} />}
      {saving.failure && <FailureNotice what="keep the key" failure={saving.failure} />}
    </FormDialog>
  )
}
