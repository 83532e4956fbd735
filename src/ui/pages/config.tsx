import { signal } from "@preact/signals"
import { useState } from "preact/hooks"
import type { Result } from "../methods.ts"
import { Known } from "../parts/known.tsx"
import { Empty } from "../parts/notice.tsx"
import { PageHead } from "../parts/page-head.tsx"
import { Segments } from "../parts/segments.tsx"
import { toast } from "../parts/toast.tsx"
import { useResource } from "../resource.ts"
import type { PageProps } from "../routes.ts"
import type { Edit } from "../view/config/draft.ts"
import { FileEditor } from "../view/config/file-editor.tsx"
import type { FileDraft } from "../view/config/file-editor.tsx"
import type { Outcome } from "../view/config/review-dialog.tsx"
import { SettingsForm } from "../view/config/settings-form.tsx"

const ways = [
  { value: "settings", label: "Settings" },
  { value: "file", label: "File" },
] as const

/** What was changed and not saved stays while other pages are looked at. */
const unsaved = {
  edits: signal<readonly Edit[]>([]),
  draft: signal<FileDraft | undefined>(undefined),
}

const savedWords = ({ applied, waits, restartInMs }: Outcome) => {
  if (restartInMs !== undefined)
    return "Saved. The gateway restarts for it; this page comes back by itself."
  if (waits.length) return `Saved. After a restart: ${waits.join(", ")}.`
  return applied.length ? `Saved, and in use: ${applied.join(", ")}.` : "Saved."
}

export const ConfigPage = ({ gateway }: PageProps) => {
  const [way, setWay] = useState<(typeof ways)[number]["value"]>(
    unsaved.draft.peek() ? "file" : "settings",
  )
  const mayChange = gateway.may("admin")
  const got = useResource(gateway, () => gateway.call("config.get"), {
    events: ["config.changed"],
  })
  const schema = useResource(gateway, async () =>
    mayChange ? gateway.call("config.schema") : undefined,
  )
  const saved = (outcome: Outcome) => {
    unsaved.edits.value = []
    unsaved.draft.value = undefined
    got.reload()
    toast(savedWords(outcome))
  }
  return (
    <div class="full-page">
      <PageHead title="Config" about={got.value && `What ${got.value.path} says.`}>
        {mayChange && <Segments label="Edit as" options={ways} value={way} onChange={setWay} />}
      </PageHead>
      <div class="page-body">
        {!mayChange && (
          <Empty title="This browser may not change settings.">
            Let it in with more rights: open Devices in a browser that may, or run fased dashboard
            on the gateway's machine.
          </Empty>
        )}
        {mayChange && (
          <Known resource={got} what="the config">
            {(known) => (
              <>
                <Issues got={known} />
                {way === "file" ? (
                  <FileEditor
                    gateway={gateway}
                    got={known}
                    draft={unsaved.draft.value}
                    onDraft={(draft) => {
                      unsaved.draft.value = draft
                    }}
                    onSaved={saved}
                  />
                ) : (
                  <Known resource={schema} what="the settings there are">
                    {(described) =>
                      described && (
                        <SettingsForm
                          gateway={gateway}
                          schema={described}
                          got={known}
                          edits={unsaved.edits.value}
                          onEdits={(edits) => {
                            unsaved.edits.value = edits
                          }}
                          onSaved={saved}
                        />
                      )
                    }
                  </Known>
                )}
              </>
            )}
          </Known>
        )}
      </div>
    </div>
  )
}

/** Why the file as it is cannot be used, and what is odd about it. */
const Issues = ({ got: { issues, warnings } }: { got: Result<"config.get"> }) => {
  const all = [
    ...issues.map((issue) => ({ ...issue, kind: "error" })),
    ...warnings.map((issue) => ({ ...issue, kind: "warn" })),
  ]
  if (!all.length) return null
  return (
    <section aria-label="What is wrong with the file">
      <ul class="findings">
        {all.map(({ path, message, hint, line, kind }) => (
          <li key={`${path} ${message}`} class={kind}>
            <span class="severity">{kind === "error" ? "Broken" : "Odd"}</span>
            <div>
              <p>
                {path && <code>{path}</code>} {message}
                {line !== undefined && ` (line ${line})`}
              </p>
              {hint && <p class="faint">{hint}</p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
