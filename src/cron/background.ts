/** What tasks share with all else that runs without being asked. Built on first use. */
import { service } from "../kernel/service.ts"
import type { BackgroundBudget as Budget } from "./budget.ts"

export const BackgroundBudget = service<() => Promise<Budget>>("background budget")
