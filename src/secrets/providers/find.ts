import { join } from "node:path"
import type { SecretRef } from "../../kernel/secret.ts"
import type { ProviderConfig, SecretsConfig } from "../config.ts"
import type { Problem, Provider, Surroundings } from "./answer.ts"
import { envProvider } from "./env.ts"
import { execProvider } from "./exec.ts"
import { fileProvider } from "./file.ts"

/** The provider a reference means, or why there is none. */
export const providerFor = (
  source: SecretRef["source"],
  name: string,
  { providers, resolution }: SecretsConfig,
  surroundings: Surroundings,
): Provider | Problem => {
  const written = Object.hasOwn(providers, name) ? providers[name] : undefined
  const config = written?.source === source ? written : builtIn(source, name, surroundings)
  if (!config && written)
    return {
      reason: `the provider "${name}" is of source ${written.source}, not ${source}`,
      next: `correct the reference, or secrets.providers.${name}`,
    }
  switch (config?.source) {
    case "env":
      return envProvider(name, config, surroundings)
    case "file":
      return fileProvider(name, config, surroundings)
    case "exec": {
      const { maxBatchBytes } = resolution
      return execProvider(name, config, { ...surroundings, maxBatchBytes })
    }
    case undefined:
      return {
        reason: `there is no provider "${name}"`,
        next: `add it as secrets.providers.${name} with source ${source}`,
      }
  }
}

/** The two that are there without a word in the config. */
const builtIn = (
  source: SecretRef["source"],
  name: string,
  { paths }: Surroundings,
): ProviderConfig | undefined => {
  if (name !== "default") return undefined
  if (source === "env") return { source }
  if (source === "exec") return undefined
  return { source, path: join(paths.state, "secrets.json"), mode: "json", timeoutMs: 5_000 }
}
