import { useState } from "preact/hooks"
import type { Result } from "../../methods.ts"
import { Action } from "../../parts/action.tsx"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { Table } from "../../parts/table.tsx"
import { toast } from "../../parts/toast.tsx"
import { useResource } from "../../resource.ts"
import { NewSkill } from "../../view/agent/new-skill.tsx"
import { SkillDialog } from "../../view/agent/skill-dialog.tsx"
import { amount, counted } from "../../words.ts"
import type { TabProps } from "./tabs.ts"

export type Skill = Result<"skills.status">["skills"][number]

const states: Record<Skill["state"], string> = {
  ready: "ready",
  disabled: "switched off",
  "not-allowed": "not for this agent",
  "not-granted": "has no yes of yours yet",
  missing: "lacks something",
}

/** Everything it lacks, in words. */
export const lacks = ({ missing: { os, bins, anyBins, env, config } }: Skill) =>
  [
    os.length && `only on ${os.join(" or ")}`,
    bins.length && `the program ${bins.join(", ")}`,
    anyBins.length && `one of the programs ${anyBins.join(", ")}`,
    env.length && `the variable ${env.join(", ")}`,
    config.length && `the setting ${config.join(", ")}`,
  ]
    .filter(Boolean)
    .join("; ")

export const SkillsTab = ({ gateway, agent: { id: agentId } }: TabProps) => {
  const [words, setWords] = useState("")
  const [shown, show] = useState<string>()
  const [isMaking, setMaking] = useState(false)
  const skills = useResource(gateway, () => gateway.call("skills.status", { agentId }), {
    events: ["config.changed"],
  })
  const isAdmin = gateway.may("admin")
  const chosen = skills.value?.skills.find(({ skillKey }) => skillKey === shown)

  const toggle = async ({ skillKey, name, state }: Skill) => {
    const enabled = state === "disabled"
    await gateway.call("skills.update", { skillKey, enabled })
    skills.reload()
    toast(enabled ? `${name} is switched on.` : `${name} is switched off for every agent.`)
  }
  return (
    <section aria-label="Skills">
      <div class="toolbar">
        <SearchField label="Search skills" onSearch={setWords} />
        <p class="toolbar-note" role="status">
          {skills.value &&
            `${counted(skills.value.skills.length, "skill")}, ${amount(skills.value.promptChars)} characters of every prompt`}
        </p>
        {isAdmin && (
          <button type="button" class="plain" onClick={() => setMaking(true)}>
            New skill
          </button>
        )}
      </div>
      <Known resource={skills} what="the skills">
        {({ skills: all, broken }) => {
          const found = all.filter(({ name, description }) =>
            `${name} ${description}`.toLowerCase().includes(words.toLowerCase()),
          )
          return (
            <>
              {broken.map(({ filePath, why }) => (
                <p key={filePath} class="notice alarm">
                  {filePath} cannot be read as a skill: {why}
                </p>
              ))}
              {found.length === 0 ? (
                <Empty title={words ? "No skill is about that." : "There are no skills yet."}>
                  {!words && "A skill is a text that tells the agent how something is done."}
                </Empty>
              ) : (
                <Table
                  label="Skills"
                  rows={found}
                  keyOf={({ skillKey }) => skillKey}
                  columns={[
                    {
                      title: "Skill",
                      cell: (skill) => (
                        <button
                          type="button"
                          class="row-title"
                          onClick={() => show(skill.skillKey)}
                        >
                          <b>{[skill.emoji, skill.name].filter(Boolean).join(" ")}</b>
                          <small class="clamped">{skill.description}</small>
                        </button>
                      ),
                    },
                    { title: "From", isMinor: true, cell: ({ source }) => source },
                    {
                      title: "State",
                      cell: (skill) => (
                        <span title={lacks(skill) || undefined}>{states[skill.state]}</span>
                      ),
                    },
                    {
                      title: "Actions",
                      align: "end",
                      isMinor: true,
                      cell: (skill) =>
                        isAdmin && (
                          <Action
                            class="quiet"
                            what={`switch ${skill.name}`}
                            label={`Switch ${skill.state === "disabled" ? "on" : "off"} ${skill.name}`}
                            act={() => toggle(skill)}
                          >
                            {skill.state === "disabled" ? "Switch on" : "Switch off"}
                          </Action>
                        ),
                    },
                  ]}
                />
              )}
            </>
          )
        }}
      </Known>
      {chosen && (
        <SkillDialog
          key={chosen.skillKey}
          gateway={gateway}
          agentId={agentId}
          skill={chosen}
          state={states[chosen.state]}
          lacks={lacks(chosen)}
          onToggle={() => toggle(chosen)}
          onChanged={skills.reload}
          onClose={() => show(undefined)}
        />
      )}
      {isMaking && (
        <NewSkill
          gateway={gateway}
          agentId={agentId}
          onMade={(key) => {
            skills.reload()
            setMaking(false)
            show(key)
          }}
          onClose={() => setMaking(false)}
        />
      )}
    </section>
  )
}
