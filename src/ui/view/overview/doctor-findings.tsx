import { useRef, useState } from "preact/hooks"
import { failureOf } from "../../failure.ts"
import type { Failure } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { Action } from "../../parts/action.tsx"
import { Empty, FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import { confirmed } from "../../parts/question.tsx"
import { problem, toast } from "../../parts/toast.tsx"
import { useFresh } from "../../resource.ts"

type Report = Result<"doctor.run">
type Finding = Report["findings"][number]

const order: Finding["severity"][] = ["error", "warn", "hint"]
const words: Record<Finding["severity"], string> = {
  error: "Broken",
  warn: "Warning",
  hint: "Advice",
}

/** What the doctor found, the gravest first, each with what to do about it. */
export const DoctorFindings = ({ gateway }: { gateway: Gateway }) => {
  const [report, setReport] = useState<Report>()
  const [failure, setFailure] = useState<Failure>()
  const [isChecking, setChecking] = useState(false)
  const run = useRef(0)

  const check = async () => {
    const mine = ++run.current
    setChecking(true)
    try {
      const found = await gateway.call("doctor.run")
      if (mine !== run.current) return
      setReport(found)
      setFailure(undefined)
    } catch (thrown) {
      if (mine === run.current) setFailure(failureOf(thrown))
    }
    if (mine === run.current) setChecking(false)
  }
  const cancel = () => {
    run.current++
    setChecking(false)
  }
  const fix = async ({ id, fix = "", force }: Finding) => {
    const isMeant = await confirmed({
      title: "Fix this?",
      text: `${fix} What it changes is kept before, and fased doctor --undo takes it back.`,
      action: "Fix it",
      isDestructive: force,
    })
    if (!isMeant) return
    const { repair, report: after } = await gateway.call("doctor.fix", { id })
    setReport(after)
    if (repair?.state === "fixed") toast(`Done: ${repair.fix}`)
    else problem(`Not fixed: ${repair?.problem ?? "it is still there afterwards."}`)
  }
  useFresh(gateway, () => void check())

  const findings = report?.findings.toSorted(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity),
  )
  return (
    <section aria-labelledby="doctor">
      <div class="section-head">
        <h2 id="doctor">The doctor</h2>
        {report && !isChecking && (
          <button type="button" class="quiet" onClick={() => void check()}>
            Check again
          </button>
        )}
      </div>
      {isChecking && <Progress text="Checking everything" onCancel={cancel} />}
      {failure && <FailureNotice what="check" failure={failure} onRetry={() => void check()} />}
      {findings?.length === 0 && (
        <Empty title={`All is well: ${report?.checked} checks were made.`} />
      )}
      {findings && findings.length > 0 && (
        <ul class="findings">
          {findings.map((finding) => (
            <li key={finding.id} class={finding.severity}>
              <span class="severity">{words[finding.severity]}</span>
              <div>
                <p>{finding.explain}</p>
                {finding.next && <p class="faint">{finding.next}</p>}
              </div>
              {finding.fix && (
                <Action what="fix it" label={`Fix: ${finding.explain}`} act={() => fix(finding)}>
                  Fix
                </Action>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
