import { useState } from "preact/hooks"
import { reason } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { Action } from "../../parts/action.tsx"
import { SecretField, TextField } from "../../parts/field.tsx"
import { problem, toast } from "../../parts/toast.tsx"

interface Service {
  label: string
  /** What it needs; without one it works as it is. */
  needs?: "apiKey" | "baseUrl"
}

const services: Record<string, Service> = {
  duckduckgo: { label: "DuckDuckGo" },
  brave: { label: "Brave", needs: "apiKey" },
  exa: { label: "Exa", needs: "apiKey" },
  firecrawl: { label: "Firecrawl", needs: "apiKey" },
  gemini: { label: "Gemini", needs: "apiKey" },
  grok: { label: "Grok", needs: "apiKey" },
  kimi: { label: "Kimi", needs: "apiKey" },
  perplexity: { label: "Perplexity", needs: "apiKey" },
  searxng: { label: "SearXNG of your own", needs: "baseUrl" },
  tavily: { label: "Tavily", needs: "apiKey" },
}

interface Search {
  enabled?: boolean
  provider?: string
  [service: string]: unknown
}

const searchIn = ({ config }: Result<"config.get">): Search => {
  const { tools } = config as { tools?: { web?: { search?: Search } } }
  return tools?.web?.search ?? {}
}

const isSet = (search: Search, id: string, needs: Service["needs"]) =>
  needs !== undefined && Boolean((search[id] as Record<string, unknown> | undefined)?.[needs])

const home = ["tools", "web", "search"]

interface Props {
  gateway: Gateway
  config: Result<"config.get">
}

/** Which service searches the web for agents, and the key it wants. */
export const WebSearch = ({ gateway, config }: Props) => {
  const search = searchIn(config)
  const { enabled = true, provider = "" } = search
  const mayChange = gateway.may("admin")

  const edit = async (path: string[], value: unknown, said: string) => {
    await gateway.call("config.edit", {
      edits: [{ path: [...home, ...path], ...(value !== "" && { value }) }],
      baseHash: config.hash,
    })
    toast(said)
  }
  const choose = async (id: string) => {
    try {
      await edit(["provider"], id, `${services[id]?.label ?? "The first with a key"} searches.`)
    } catch (thrown) {
      problem(`Could not change it: ${reason(thrown)}.`)
    }
  }
  return (
    <section aria-labelledby="search">
      <div class="section-head">
        <h2 id="search">Searching the web</h2>
        {mayChange && (
          <Action
            class="quiet"
            what="switch it"
            act={() =>
              edit(["enabled"], !enabled, enabled ? "Agents search no longer." : "Agents search.")
            }
          >
            {enabled ? "Switch off" : "Switch on"}
          </Action>
        )}
      </div>
      {enabled ? (
        <ul class="rows">
          <li>
            <div>
              <b>Who searches</b>
              <small>It counts for every agent.</small>
            </div>
            <select
              class="row-choice"
              aria-label="Service that searches"
              value={provider}
              disabled={!mayChange}
              onChange={({ currentTarget }) => void choose(currentTarget.value)}
            >
              <option value="">the first with a key, else DuckDuckGo</option>
              {Object.entries(services).map(([id, { label, needs }]) => (
                <option key={id} value={id}>
                  {label}
                  {needs && !isSet(search, id, needs) ? " (not set up)" : ""}
                </option>
              ))}
            </select>
          </li>
          {mayChange && <Credential key={provider} {...{ gateway, search, provider, edit }} />}
        </ul>
      ) : (
        <p class="faint">Agents are not offered a search.</p>
      )}
    </section>
  )
}

interface CredentialProps {
  gateway: Gateway
  search: Search
  provider: string
  edit: (path: string[], value: unknown, said: string) => Promise<void>
}

/** The key, or the address, of the service that was chosen. */
const Credential = ({ gateway, search, provider, edit }: CredentialProps) => {
  const [text, setText] = useState("")
  const { label, needs } = services[provider] ?? {}
  if (!label || !needs) return null
  const has = isSet(search, provider, needs)
  const save = async () => {
    const value = text.trim()
    if (needs === "baseUrl") await edit([provider, needs], value, `${label} is set up.`)
    else {
      await gateway.call("secrets.set", { path: [...home, provider, needs].join("."), value })
      toast(`The key for ${label} is kept.`)
    }
    setText("")
  }
  const Field = needs === "apiKey" ? SecretField : TextField
  return (
    <li>
      <div class="field-with-button">
        <Field
          label={needs === "apiKey" ? `Key for ${label}` : `Address of ${label}`}
          hint={has ? "There is one; what you write takes its place." : undefined}
          placeholder={needs === "baseUrl" ? "https://search.example.com" : undefined}
          value={text}
          onChange={setText}
        />
        <Action what="keep it" disabled={!text.trim()} act={save}>
          Keep
        </Action>
      </div>
    </li>
  )
}
