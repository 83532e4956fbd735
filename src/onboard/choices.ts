/** A provider on the internet that is known by a key. */
export interface HostedChoice {
  /** What `--auth-choice` calls it. */
  id: string
  label: string
  provider: string
  /** The flag that takes its key. */
  flag: "openai-api-key" | "anthropic-api-key" | "gemini-api-key" | "openrouter-api-key"
  /** Variable that a reference names. */
  variable: string
  /** Where a person gets a key. */
  keyPage: string
}

export const hosted: readonly HostedChoice[] = [
  {
    id: "openai-api-key",
    label: "OpenAI",
    provider: "openai",
    flag: "openai-api-key",
    variable: "OPENAI_API_KEY",
    keyPage: "platform.openai.com/api-keys",
  },
  {
    id: "anthropic-api-key",
    label: "Anthropic",
    provider: "anthropic",
    flag: "anthropic-api-key",
    variable: "ANTHROPIC_API_KEY",
    keyPage: "console.anthropic.com/settings/keys",
  },
  {
    id: "gemini-api-key",
    label: "Google Gemini",
    provider: "google",
    flag: "gemini-api-key",
    variable: "GEMINI_API_KEY",
    keyPage: "aistudio.google.com/apikey",
  },
  {
    id: "openrouter-api-key",
    label: "OpenRouter",
    provider: "openrouter",
    flag: "openrouter-api-key",
    variable: "OPENROUTER_API_KEY",
    keyPage: "openrouter.ai/settings/keys",
  },
]

/** A model server as it is found on a person's own machine; all of them speak OpenAI's wire format. */
export interface LocalChoice {
  id: string
  label: string
  baseUrl: string
}

export const local: readonly LocalChoice[] = [
  { id: "ollama", label: "Ollama", baseUrl: "http://127.0.0.1:11434/v1" },
  { id: "lmstudio", label: "LM Studio", baseUrl: "http://127.0.0.1:1234/v1" },
  { id: "vllm", label: "vLLM", baseUrl: "http://127.0.0.1:8000/v1" },
  { id: "llamacpp", label: "llama.cpp", baseUrl: "http://127.0.0.1:8080/v1" },
]

export const customChoice = "custom-api-key"
export const guideChoice = "guide"

/** Other spellings that scripts use. */
const aliases: Readonly<Record<string, string>> = {
  apiKey: "anthropic-api-key",
  openai: "openai-api-key",
  anthropic: "anthropic-api-key",
  google: "gemini-api-key",
  openrouter: "openrouter-api-key",
  custom: customChoice,
  skip: guideChoice,
}

export const choiceId = (typed: string) => (Object.hasOwn(aliases, typed) ? aliases[typed]! : typed)

export const choiceIds = [
  ...hosted.map(({ id }) => id),
  ...local.map(({ id }) => id),
  customChoice,
  guideChoice,
]
