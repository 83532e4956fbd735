import type { ArgsDef, ParsedArgs } from "citty"

const flags = <const A extends ArgsDef>(defs: A) => defs

/** Which model answers, and how its key is kept. */
const modelFlags = flags({
  "auth-choice": {
    type: "string",
    valueHint: "id",
    description: "Model provider: openai-api-key, ollama, custom-api-key, guide, …",
  },
  model: { type: "string", valueHint: "name", description: "Model of that provider" },
  "openai-api-key": { type: "string", valueHint: "key", description: "OpenAI key" },
  "anthropic-api-key": { type: "string", valueHint: "key", description: "Anthropic key" },
  "gemini-api-key": { type: "string", valueHint: "key", description: "Google Gemini key" },
  "openrouter-api-key": { type: "string", valueHint: "key", description: "OpenRouter key" },
  "custom-base-url": {
    type: "string",
    valueHint: "url",
    description: "Address of another model server",
  },
  "custom-model-id": { type: "string", valueHint: "name", description: "Its model" },
  "custom-api-key": { type: "string", valueHint: "key", description: "Its key, if it has one" },
  "custom-provider-id": {
    type: "string",
    valueHint: "id",
    description: "What to call it in model names",
  },
  "custom-compatibility": {
    type: "enum",
    valueHint: "api",
    options: ["openai", "anthropic"],
    description: "Whose wire format it speaks (default openai)",
  },
  "secret-input-mode": {
    type: "enum",
    valueHint: "how",
    options: ["plaintext", "ref"],
    description: "Keep the key in the config, or refer to a variable that holds it",
  },
  "skip-model-check": { type: "boolean", description: "Keep the model without calling it once" },
})

const gatewayFlags = flags({
  "gateway-port": { type: "string", valueHint: "port", description: "TCP port (default 18789)" },
  "gateway-bind": {
    type: "enum",
    valueHint: "where",
    options: ["loopback", "lan", "tailnet", "auto", "custom"],
    description: "Who can reach the port (default loopback)",
  },
  "gateway-auth": {
    type: "enum",
    valueHint: "how",
    options: ["token", "password"],
    description: "What clients must present (default token)",
  },
  "gateway-token": { type: "string", valueHint: "token", description: "Default: a new random one" },
  "gateway-password": { type: "string", valueHint: "password", description: "The password" },
  tailscale: {
    type: "enum",
    valueHint: "mode",
    options: ["off", "serve", "funnel"],
    description: "Exposure through Tailscale",
  },
})

const serviceFlags = flags({
  "install-daemon": {
    type: "boolean",
    description: "Install the service that keeps the gateway running; --no-install-daemon does not",
  },
  "skip-daemon": { type: "boolean", description: "The same as --no-install-daemon" },
  "daemon-runtime": {
    type: "enum",
    valueHint: "name",
    options: ["node", "bun"],
    description: "Accepted for older scripts; it is always bun",
  },
})

export const onboardFlags = flags({
  "non-interactive": { type: "boolean", description: "Ask nothing; flags and defaults decide" },
  "accept-risk": {
    type: "boolean",
    description: "You know that an assistant acts with your rights",
  },
  json: { type: "boolean", description: "One JSON document on stdout" },
  flow: {
    type: "enum",
    valueHint: "name",
    options: ["quickstart", "advanced", "manual"],
    description: "quickstart asks the least, advanced (or manual) everything",
  },
  "host-profile": {
    type: "enum",
    valueHint: "name",
    options: ["local", "hosting"],
    description: "A computer in daily use, or a server that stays on",
  },
  mode: {
    type: "enum",
    valueHint: "where",
    options: ["local", "remote"],
    description: "Gateway here, or this machine as client of another one",
  },
  "remote-url": { type: "string", valueHint: "url", description: "That gateway's ws:// address" },
  "remote-token": { type: "string", valueHint: "token", description: "Its token" },
  workspace: { type: "string", valueHint: "folder", description: "Folder of the agent's files" },
  ...modelFlags,
  ...gatewayFlags,
  ...serviceFlags,
  reset: {
    type: "boolean",
    description: "Begin afresh first: conversations and stored model keys",
  },
  "reset-scope": {
    type: "enum",
    valueHint: "what",
    options: ["sessions", "auth", "auth+sessions"],
    description: "How much of that (default auth+sessions)",
  },
  "skip-health": { type: "boolean", description: "Do not wait for the gateway's first answer" },
  "fast-health": {
    type: "boolean",
    default: true,
    description: "Run every check at the end, not only the first",
  },
  "skip-ui": { type: "boolean", description: "Do not show the dashboard's address" },
  "skip-channels": { type: "boolean", description: "Accepted; this version has no channels" },
  "skip-skills": { type: "boolean", description: "Accepted; skills need no setup" },
  "node-manager": {
    type: "enum",
    valueHint: "name",
    options: ["npm", "pnpm", "bun"],
    description: "Accepted for older scripts; nothing here needs one",
  },
})

/** As read from the command line; whoever runs a setup in a command's stead gives what it has. */
export type OnboardArgs = Partial<ParsedArgs<typeof onboardFlags>>
