import { useMemo, useState } from "preact/hooks"
import { Empty, FailureNotice, Loading } from "../parts/notice.tsx"
import { PageHead } from "../parts/page-head.tsx"
import { SearchField } from "../parts/search-field.tsx"
import { Segments } from "../parts/segments.tsx"
import type { PageProps } from "../routes.ts"
import { saveFile } from "../save-file.ts"
import { passes } from "../view/logs/line.ts"
import type { Filter } from "../view/logs/line.ts"
import { LogLines } from "../view/logs/log-lines.tsx"
import { useLog } from "../view/logs/use-log.ts"
import { counted } from "../words.ts"

const least = [
  { value: "trace", label: "All" },
  { value: "info", label: "Info" },
  { value: "warn", label: "Warnings" },
  { value: "error", label: "Errors" },
] as const

export const LogsPage = ({ gateway }: PageProps) => {
  const { lines, file, failure, isRead } = useLog(gateway)
  const [filter, setFilter] = useState<Filter>({ level: "trace", words: "", withAudit: false })
  const shown = useMemo(() => lines.filter(passes(filter)), [lines, filter])
  const isFiltered = shown.length < lines.length
  const save = () =>
    saveFile(
      "fased-log.jsonl",
      "application/x-ndjson",
      shown.map(({ raw }) => `${raw}\n`),
    )
  return (
    <div class="full-page">
      <PageHead title="Logs" about={file && `As it is written to ${file}. Secrets are masked.`}>
        <button type="button" class="plain" disabled={!shown.length} onClick={save}>
          Save what is shown
        </button>
      </PageHead>
      <div class="page-body">
        <div class="toolbar">
          <SearchField
            label="Only lines with these words"
            placeholder="Words, a subsystem, a session…"
            onSearch={(words) => setFilter((before) => ({ ...before, words }))}
          />
          <Segments
            label="Level"
            options={least}
            value={least.find(({ value }) => value === filter.level)?.value ?? "trace"}
            onChange={(level) => setFilter((before) => ({ ...before, level }))}
          />
          <label class="toolbar-check">
            <input
              type="checkbox"
              checked={filter.withAudit}
              onChange={({ currentTarget: { checked: withAudit } }) =>
                setFilter((before) => ({ ...before, withAudit }))
              }
            />
            Who called what
          </label>
          <p class="toolbar-note" role="status">
            {isRead &&
              (isFiltered
                ? `${shown.length.toLocaleString("en-US")} of ${counted(lines.length, "line")}`
                : counted(lines.length, "line"))}
          </p>
        </div>
        {failure && <FailureNotice what="read the log" failure={failure} />}
        {!isRead && <Loading what="the log" />}
        {isRead && shown.length === 0 && !failure && (
          <Empty title={isFiltered ? "No line is like that." : "Nothing was logged yet."} />
        )}
        {shown.length > 0 && <LogLines lines={shown} />}
      </div>
    </div>
  )
}
