import { useState } from "preact/hooks"
import type { Gateway } from "../../gateway.ts"
import { longCall } from "../../long-call.ts"
import type { Skill } from "../../pages/agent/skills.tsx"
import { Action } from "../../parts/action.tsx"
import { Dialog } from "../../parts/dialog.tsx"
import { SecretField } from "../../parts/field.tsx"
import { FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import { confirmed } from "../../parts/question.tsx"
import { toast } from "../../parts/toast.tsx"
import { useUndertaking } from "../../undertaking.ts"
import { TextEditor } from "./text-editor.tsx"

interface Props {
  gateway: Gateway
  agentId: string
  skill: Skill
  state: string
  lacks: string
  onToggle: () => Promise<void>
  onChanged: () => void
  onClose: () => void
}

/** Longest that a program's own installer is waited for. */
const installMs = 10 * 60_000

/** One skill: its text, what it lacks, and its key. */
export const SkillDialog = (props: Props) => {
  const { gateway, agentId, skill, state, lacks, onToggle, onChanged, onClose } = props
  const { skillKey, name, source } = skill
  const isAdmin = gateway.may("admin")
  const isOwn = source === "workspace"

  const copy = async () => {
    await gateway.call("skills.copy", { skillKey, agentId })
    onChanged()
    toast(`${name} is copied into the workspace: change it there.`)
  }
  return (
    <Dialog title={[skill.emoji, name].filter(Boolean).join(" ")} isWide onClose={onClose}>
      <p>{skill.description}</p>
      <p class="faint">
        From {source}, {state}
        {lacks && `: ${lacks}`}.{skill.foreign && " It came from elsewhere, and is given no keys."}
      </p>
      {isAdmin && skill.install.length > 0 && skill.state === "missing" && (
        <Installers {...props} />
      )}
      {isAdmin && skill.primaryEnv && !skill.foreign && <Key {...props} />}
      <TextEditor
        gateway={gateway}
        id={`${agentId}/skill/${skillKey}`}
        title="SKILL.md"
        note={isOwn ? undefined : "belongs to fased; copy it to change it"}
        read={() => gateway.call("skills.file.get", { skillKey, agentId })}
        save={
          isAdmin && isOwn
            ? ({ content }) => gateway.call("skills.file.set", { skillKey, agentId, content })
            : undefined
        }
        onSaved={onChanged}
      />
      {isAdmin && (
        <div class="dialog-actions">
          {!isOwn && (
            <Action what={`copy ${name}`} act={copy}>
              Copy into the workspace
            </Action>
          )}
          <Action what={`switch ${name}`} act={onToggle}>
            {skill.state === "disabled" ? "Switch on" : "Switch off"}
          </Action>
        </div>
      )}
    </Dialog>
  )
}

const Installers = ({ gateway, agentId, skill, onChanged }: Props) => {
  const { name, skillKey } = skill
  const installing = useUndertaking(async (signal, installId: string) => {
    const params = { name: skillKey, installId, agentId }
    const done = await longCall(gateway, "skills.install", params, { timeoutMs: installMs, signal })
    onChanged()
    return done
  })
  const start = async ({ id, command }: Skill["install"][number]) => {
    const isMeant = await confirmed({
      title: `Run an installer for ${name}?`,
      text: `On the machine of the gateway this runs: ${command}`,
      action: "Run it",
    })
    if (isMeant) await installing.start(id)
  }
  const { isBusy, value, failure } = installing
  return (
    <>
      <div class="button-row">
        {skill.install.map((way) => (
          <button
            key={way.id}
            type="button"
            class="plain"
            disabled={isBusy}
            onClick={() => void start(way)}
          >
            {way.label}
          </button>
        ))}
      </div>
      {isBusy && <Progress text="Installing" onCancel={installing.giveUp} />}
      {failure && <FailureNotice what="install it" failure={failure} />}
      {value && (
        <p role="status">
          {value.ok ? "Installed." : "It did not work."} {value.message}
        </p>
      )}
    </>
  )
}

const Key = ({ gateway, skill, onChanged }: Props) => {
  const { skillKey, name, primaryEnv } = skill
  const [apiKey, setKey] = useState("")
  const save = async () => {
    await gateway.call("skills.update", { skillKey, apiKey: apiKey.trim() })
    setKey("")
    onChanged()
    toast(`The key of ${name} is saved.`)
  }
  return (
    <div class="field-with-button">
      <SecretField label={`Its key (${primaryEnv})`} value={apiKey} onChange={setKey} />
      <Action what="save the key" disabled={!apiKey.trim()} act={save}>
        Save
      </Action>
    </div>
  )
}
