import { type Fault, fault } from "../kernel/fault.ts"

export const variableMissing = fault<{ variable: string; flag: string }>(
  "onboard.variable-missing",
  {
    status: 400,
    message: ({ variable }) =>
      `The config would refer to ${variable}, and that variable is not set here. Nothing was written.`,
    hint: ({ variable, flag }) =>
      `Set ${variable} (or write it into the .env file of the state folder), then run this again; or store the key itself: --${flag} <key> --secret-input-mode plaintext`,
  },
)

export const modelFailed = fault<{ ref: string; fault: Fault }>("onboard.model-failed", {
  status: 502,
  message: ({ ref, fault }) =>
    `${ref} was asked for one word and gave none. ${fault.message} Nothing was written.`,
  hint: ({ fault }) =>
    [fault.hint, "Or keep it unproven: --skip-model-check"].filter(Boolean).join("\n"),
})

export const serverNotFound = fault<{ label: string; baseUrl: string; flag: string }>(
  "onboard.server-not-found",
  {
    status: 502,
    message: ({ label, baseUrl }) => `${label} offers no model at ${baseUrl}. Nothing was written.`,
    hint: ({ flag }) =>
      `Start it and load a model, or say where it is: ${flag} http://127.0.0.1:<port>/v1`,
  },
)

export const riskNotAccepted = fault("onboard.risk-not-accepted", {
  status: 400,
  message: () =>
    "An assistant acts with your rights on this machine, and nobody said that this is understood. Nothing was written.",
  hint: () => "Run it again and answer yes, or in a script: --accept-risk",
})
