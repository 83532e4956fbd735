import type { Env } from "../config/paths.ts"
import { type KnownProvider, knownProviders } from "./catalog.ts"
import type { ModelsConfig } from "./config.ts"
import { findKey, type Standing } from "./connection.ts"

/**
 * Keys that lost the address they were for. A provider whose `baseUrl` goes while its key stays
 * would be called at its own default address, with a key that may be meant for nobody there. So it
 * is not called until the key changes, an address is named again, or the gateway restarts.
 */
export const createStrayKeys = (
  env: Env,
  /** Fingerprint of the profiles that would be sent to a provider as well. */
  profiles: (provider: string) => string = () => "",
) => {
  /** What went to the address of before, by provider. */
  const strays = new Map<string, string>()
  const secretsOf = (provider: KnownProvider) =>
    JSON.stringify([
      findKey(provider, env)?.key,
      provider.config?.headers ?? {},
      profiles(provider.id),
    ])

  return {
    reconfigured(before: ModelsConfig, after: ModelsConfig) {
      const now = new Map(knownProviders(after).map((provider) => [provider.id, provider]))
      for (const provider of knownProviders(before))
        if (provider.config?.baseUrl && !now.get(provider.id)?.config?.baseUrl)
          strays.set(provider.id, secretsOf(provider))
      for (const { id, config } of now.values()) if (config?.baseUrl) strays.delete(id)
    },

    /** Why a provider may not be called with the key it has; undefined when it may. */
    refusal(provider: KnownProvider): (Standing & { ok: false }) | undefined {
      const stray = strays.get(provider.id)
      if (stray === undefined || stray !== secretsOf(provider)) return undefined
      const setting = `models.providers.${provider.id}`
      return {
        ok: false,
        what: `its address was removed and its key was not, and that key may not be for ${provider.baseUrl}`,
        next: `Name the address again (fased config set ${setting}.baseUrl https://…), set another key, or restart the gateway if the key is for the provider's own address.`,
      }
    },
  }
}
