import { useState } from "preact/hooks"
import { agentName } from "../../agents.ts"
import type { AgentRow } from "../../agents.ts"
import { editConfig } from "../../edit-config.ts"
import { reason } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import { longCall } from "../../long-call.ts"
import type { Result } from "../../methods.ts"
import { Action } from "../../parts/action.tsx"
import { CheckField, SecretField, TextField } from "../../parts/field.tsx"
import { FormDialog } from "../../parts/form-dialog.tsx"
import { Known } from "../../parts/known.tsx"
import { FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import { problem, toast } from "../../parts/toast.tsx"
import { useResource } from "../../resource.ts"
import { useUndertaking } from "../../undertaking.ts"

type Listed = Result<"services.list">["services"][number]
/** One that agents are given by name; the web and tool servers have places of their own here. */
type Service = Listed & { agents: readonly string[] }
const isGiven = (service: Listed): service is Service => service.agents !== undefined

interface Props {
  gateway: Gateway
  /** Those they can be given to here. */
  agents: readonly AgentRow[]
}

/** Services outside, each given to agents by name. */
export const Connected = ({ gateway, agents }: Props) => {
  const list = useResource(gateway, () => gateway.call("services.list"), {
    events: ["config.changed"],
  })
  return (
    <section aria-labelledby="services">
      <h2 id="services">Services</h2>
      <Known resource={list} what="the services">
        {({ services }) => (
          <div class="cards">
            {services.filter(isGiven).map((service) => (
              <ServiceCard key={service.id} gateway={gateway} agents={agents} service={service} />
            ))}
          </div>
        )}
      </Known>
    </section>
  )
}

const tones: Partial<Record<Service["state"], string>> = { ready: "good" }

const ServiceCard = ({ gateway, agents, service }: Props & { service: Service }) => {
  const { id, label, state, lacks, access, agents: given, setup } = service
  const [isSettingUp, setSettingUp] = useState(false)
  const testing = useUndertaking((signal) => longCall(gateway, "services.test", { id }, { signal }))
  const isForAll = given.includes("*")
  const mayChange = gateway.may("admin")

  const set = async (name: string, value: unknown, said: string) => {
    try {
      await editConfig(gateway, [{ path: ["services", id, name], value }])
      toast(said)
    } catch (thrown) {
      problem(`Could not change ${label}: ${reason(thrown)}.`)
    }
  }
  const grant = (agent: AgentRow, isGiven: boolean) =>
    set(
      "agents",
      isGiven ? [...given, agent.id] : given.filter((one) => one !== agent.id),
      `${agentName(agent)} may use ${label}${isGiven ? "" : " no longer"}.`,
    )
  const { isBusy, value, failure } = testing
  return (
    <section class="card" aria-label={label}>
      <header>
        <h3>{label}</h3>
        <span class={`state ${tones[state] ?? ""}`}>{state}</span>
      </header>
      {lacks && state !== "off" && <p>It lacks {lacks}.</p>}
      {mayChange && state === "ready" && (
        <>
          {isForAll ? (
            <CheckField
              label="Every agent may use it"
              hint="So the config says, with a star."
              checked
              disabled
              onChange={() => {}}
            />
          ) : (
            agents.map((agent) => (
              <CheckField
                key={agent.id}
                label={`${agentName(agent)} may use it`}
                checked={given.includes(agent.id)}
                onChange={(isGiven) => grant(agent, isGiven)}
              />
            ))
          )}
          <CheckField
            label="It may change things there"
            hint="It then writes and sends in your name, for every agent that may use it."
            checked={access === "write"}
            onChange={(isWriting) =>
              set(
                "access",
                isWriting ? "write" : "read",
                isWriting ? `${label} may be changed.` : `${label} is only looked at.`,
              )
            }
          />
        </>
      )}
      {isBusy && <Progress text="Asking it" onCancel={testing.giveUp} />}
      {failure && <FailureNotice what="reach it" failure={failure} />}
      {value && (
        <p class="probe" role="status">
          It answered in {Math.round(value.ms)} ms: {value.said}
        </p>
      )}
      {mayChange && (
        <div class="button-row">
          {setup && (
            <button type="button" class="quiet" onClick={() => setSettingUp(true)}>
              {state === "ready" ? "Another credential" : "Set up"}
            </button>
          )}
          {state === "ready" && (
            <button
              type="button"
              class="quiet"
              disabled={isBusy}
              onClick={() => void testing.start()}
            >
              Test
            </button>
          )}
          {!lacks && (
            <Action
              class="quiet"
              what={`switch ${label}`}
              act={() =>
                set(
                  "enabled",
                  state === "off",
                  `${label} is switched ${state === "off" ? "on" : "off"}.`,
                )
              }
            >
              {state === "off" ? "Switch on" : "Switch off"}
            </Action>
          )}
        </div>
      )}
      {isSettingUp && setup && (
        <SetUpService
          gateway={gateway}
          id={id}
          label={label}
          setup={setup}
          onDone={() => setSettingUp(false)}
        />
      )}
    </section>
  )
}

interface SetUpProps {
  gateway: Gateway
  id: string
  label: string
  setup: NonNullable<Service["setup"]>
  onDone: () => void
}

const SetUpService = ({ gateway, id, label, setup, onDone }: SetUpProps) => {
  const { plain, secret, hint } = setup
  const [given, setGiven] = useState<Record<string, string>>({})
  const valueOf = (setting: string) => given[setting]?.trim() ?? ""
  const isWhole = [...Object.keys(plain), secret.setting].every(valueOf)
  const saving = useUndertaking(async () => {
    const edits = Object.keys(plain).map((setting) => ({
      path: ["services", id, setting],
      value: valueOf(setting),
    }))
    if (edits.length) await editConfig(gateway, edits)
    const path = `services.${id}.${secret.setting}`
    await gateway.call("secrets.set", { path, value: valueOf(secret.setting) })
    toast(`${label} is set up.`)
    onDone()
  })
  const change = (setting: string) => (text: string) => setGiven({ ...given, [setting]: text })
  return (
    <FormDialog
      title={`Set up ${label}`}
      action="Set up"
      isReady={isWhole}
      onSubmit={() => saving.start()}
      onClose={onDone}
    >
      <p class="step">{hint}</p>
      {Object.entries(plain).map(([setting, prompt]) => (
        <TextField
          key={setting}
          label={prompt}
          value={given[setting] ?? ""}
          onChange={change(setting)}
        />
      ))}
      <SecretField
        label={secret.prompt}
        hint="It is kept in a file of its own on the gateway’s machine, and never shown again."
        value={given[secret.setting] ?? ""}
        onChange={change(secret.setting)}
      />
      {saving.failure && <FailureNotice what="set it up" failure={saving.failure} />}
    </FormDialog>
  )
}
