import * as z from "zod"
import { section } from "../kernel/section.ts"
import { githubSettings } from "./github/settings.ts"
import { calendarSettings, googleSettings } from "./google/settings.ts"
import { mailSettings } from "./mail/settings.ts"
import { restSettings } from "./rest/settings.ts"

export const services = section({
  id: "services",
  summary: "Services outside that agents may use, each given to agents by name.",
  reload: "live",
  variables: ["GH_TOKEN", "GITHUB_TOKEN"],
  schema: () =>
    z.strictObject({
      github: githubSettings(),
      google: googleSettings(),
      gmail: mailSettings(),
      calendar: calendarSettings(),
      rest: restSettings(),
    }),
})
export type ServicesConfig = z.infer<typeof services.schema>
