import { applyFixes, type Proposal, type Repair } from "../../doctor/fix.ts"
import { Paths } from "../../config/paths.ts"
import { Settings } from "../../config/settings.ts"
import { beginRun, type Keeping, type Run } from "../../doctor/history.ts"
import { merge, type Report } from "../../doctor/run.ts"
import { Clock } from "../../kernel/clock.ts"
import { Fault } from "../../kernel/fault.ts"
import type { Services } from "../../kernel/service.ts"
import type { Context } from "../command.ts"
import { examineAll, prepareExamination, type Examination } from "../examination.ts"
import { Cancelled, openPrompts } from "../prompts.ts"
import { printChange, printReport } from "./show.ts"

export interface DoctorArgs {
  fix?: boolean
  yes?: boolean
  force?: boolean
  "non-interactive"?: boolean
  deep?: boolean
  "generate-gateway-token"?: boolean
  "workspace-suggestions": boolean
  json?: boolean
  /** Someone is at the terminal. */
  asks: boolean
}

export interface Done {
  report: Report
  repairs: readonly Repair[]
  gateway: Examination["gateway"]
  /** Where what was changed is kept. */
  run?: Run
}

/** Looks, repairs what it may, and looks again. */
export const runDoctor = async (args: DoctorArgs, context: Context) => {
  const scope = { deep: args.deep, tips: args["workspace-suggestions"] }
  const examination = await prepareExamination(context, scope)
  const looked = await examineAll(examination)
  const asks = args.asks && !args.fix && !args.yes && !args["non-interactive"]
  const { gateway } = examination
  if (asks) printReport({ report: looked, repairs: [], gateway }, context, { asks })
  const done = await repairAll({ args, asks, examination, looked }, context)
  if (args.json) printJson(done, context)
  else if (!asks || done.repairs.some(({ state }) => state !== "declined")) {
    if (asks) context.out.print()
    printReport(done, context)
  }
  return done.report.ok ? 0 : 1
}

interface Work {
  args: DoctorArgs
  asks: boolean
  examination: Examination
  looked: Report
}

const repairAll = async (work: Work, context: Context): Promise<Done> => {
  const { args, asks, examination, looked } = work
  const { services, checks, told, gateway } = examination
  const mayRepair = asks || args.fix || args.yes || args["non-interactive"]
  const renews = args["generate-gateway-token"]
  const repairable = looked.findings.some(({ fix }) => fix !== undefined)
  if (!renews && !(mayRepair && repairable)) return { report: looked, repairs: [], gateway }

  const keeping = beginRun({ state: context.paths.state, now: services.get(Clock).now() })
  const renewed = renews ? [await renew(services, keeping)] : []
  const approve = asks
    ? await asker(args, context)
    : (proposal: Proposal) => accepts(args, proposal)
  const { repairs, report } = await applyFixes(checks, services, {
    approve: mayRepair ? approve : () => false,
    keeping,
  })
  return {
    report: told ? merge(told, report, checks) : report,
    repairs: [...renewed, ...(mayRepair ? repairs : [])],
    gateway,
    run: keeping.end(),
  }
}

const renew = async (services: Services, keeping: Keeping): Promise<Repair> => {
  const about = { id: "gateway.guarded", fix: "Write a new gateway.auth.token.", diff: [] }
  const [{ renewToken }, { configWrites }] = await Promise.all([
    import("../../gateway/auth-checks.ts"),
    import("../../config/touched.ts"),
  ])
  try {
    const touched = configWrites(services.get(Paths))
    await keeping.keeping(about.fix, touched, () => renewToken(services.get(Settings)))
    return { ...about, state: "fixed" }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { ...about, state: "failed", problem: [error.message, error.hint].join(" ") }
  }
}

/** What flags alone agree to. */
const accepts = (args: DoctorArgs, { aggressive, migration }: Proposal) => {
  if (aggressive && !args.force) return false
  return args["non-interactive"] ? migration : true
}

/** Asks the person; who leaves in the middle declines what is left. */
const asker = async (args: DoctorArgs, context: Context) => {
  const prompts = await openPrompts(context)
  let left = false
  return async (proposal: Proposal) => {
    if (left || (proposal.aggressive && !args.force)) return false
    printChange(proposal, context)
    try {
      return await prompts.confirm({ message: "Do it?", initial: !proposal.aggressive })
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error
      left = true
      return false
    }
  }
}

const printJson = ({ report, repairs, gateway, run }: Done, { out }: Context) =>
  out.json({ ...report, repairs, gateway, backup: run?.folder })
