import type { SessionRow } from "../../frames.ts"
import type { Gateway } from "../../gateway.ts"
import { Action } from "../../parts/action.tsx"
import { Dialog } from "../../parts/dialog.tsx"
import { Facts } from "../../parts/facts.tsx"
import { amount, modelName, sessionTitle, when, withoutMarks } from "../../words.ts"
import { archive, erase, exportTranscript, startAfresh } from "./session-deeds.ts"

interface Props {
  gateway: Gateway
  row: SessionRow
  now: number
  onOpen: () => void
  onRename: () => void
  onClose: () => void
}

/** One session: what is known of it, and what can be done with it. */
export const SessionDialog = ({ gateway, row, now, onOpen, onRename, onClose }: Props) => {
  const leaving = (deed: typeof archive) => async () => {
    if (await deed(gateway, row)) onClose()
  }
  return (
    <Dialog title={sessionTitle(row)} onClose={onClose}>
      {row.lastMessagePreview && <p>{withoutMarks(row.lastMessagePreview)}</p>}
      <Facts
        facts={[
          ["Key", <code>{row.key}</code>],
          ["Agent", row.agentId],
          ["Model", modelName(row)],
          ["Thinking", row.thinkingLevel],
          ["Begun", row.createdAt && new Date(row.createdAt).toLocaleString()],
          ["Last active", row.updatedAt && when(row.updatedAt, now)],
          ["In its context", row.totalTokens ? `${amount(row.totalTokens)} tokens` : undefined],
          ["Summarised", row.compactionCount ? `${row.compactionCount} times` : undefined],
          ["Started by", row.spawnedBy && <code>{row.spawnedBy}</code>],
        ]}
      />
      <div class="deeds">
        <button type="button" class="primary" onClick={onOpen}>
          Open in the chat
        </button>
        <Action what="export it" act={() => exportTranscript(gateway, row)}>
          Export
        </Action>
        {gateway.may("admin") && (
          <>
            <button type="button" class="plain" onClick={onRename}>
              Rename
            </button>
            <Action what="start it afresh" act={leaving(startAfresh)}>
              Start afresh
            </Action>
            {!row.isMain && (
              <>
                <Action what="archive it" act={leaving(archive)}>
                  Archive
                </Action>
                <Action class="plain alarm" what="delete it" act={leaving(erase)}>
                  Delete for good
                </Action>
              </>
            )}
          </>
        )}
      </div>
    </Dialog>
  )
}
