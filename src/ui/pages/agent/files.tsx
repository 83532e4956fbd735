import { useState } from "preact/hooks"
import { useNow } from "../../now.ts"
import { Known } from "../../parts/known.tsx"
import { useResource } from "../../resource.ts"
import { FileList } from "../../view/agent/file-list.tsx"
import { TextEditor } from "../../view/agent/text-editor.tsx"
import { bytes, when } from "../../words.ts"
import type { TabProps } from "./tabs.ts"

/** What each file is for, as the workspace's own starter files say it. */
const about: Record<string, string> = {
  "AGENTS.md": "how it works",
  "SOUL.md": "its manner and its limits",
  "TOOLS.md": "notes about its tools",
  "IDENTITY.md": "who it is",
  "USER.md": "who you are",
  "HEARTBEAT.md": "what to look after unasked",
  "BOOTSTRAP.md": "for its first conversation",
  "MEMORY.md": "what it remembers always",
}

/** The files of the workspace that stand in the agent's prompt. */
export const FilesTab = ({ gateway, agent: { id: agentId } }: TabProps) => {
  const now = useNow()
  const list = useResource(gateway, () => gateway.call("agents.files.list", { agentId }))
  const [chosen, choose] = useState("AGENTS.md")
  return (
    <section aria-labelledby="files">
      <h2 id="files">Files</h2>
      <Known resource={list} what="the files">
        {({ files, workspace }) => (
          <>
            <p class="section-about">
              They stand in every prompt of this agent and lie in <code>{workspace}</code>.
            </p>
            <FileList
              label="Files"
              entries={files.map(({ name, missing, size = 0, updatedAtMs = 0 }) => ({
                id: name,
                title: name,
                note: [
                  about[name],
                  missing ? "not there yet" : `${bytes(size)}, ${when(updatedAtMs, now)}`,
                ]
                  .filter(Boolean)
                  .join(" · "),
              }))}
              chosen={chosen}
              onChoose={choose}
            >
              <TextEditor
                key={chosen}
                gateway={gateway}
                id={`${agentId}/${chosen}`}
                title={chosen}
                read={async () => {
                  const { file } = await gateway.call("agents.files.get", { agentId, name: chosen })
                  return { content: file.content ?? "", updatedAtMs: file.updatedAtMs }
                }}
                save={
                  gateway.may("admin")
                    ? (text) => gateway.call("agents.files.set", { agentId, name: chosen, ...text })
                    : undefined
                }
                onSaved={list.reload}
              />
            </FileList>
          </>
        )}
      </Known>
    </section>
  )
}
