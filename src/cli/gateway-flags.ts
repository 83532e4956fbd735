/** The flags of every command that talks to a gateway. */
export const gatewayFlags = {
  json: { type: "boolean", description: "One JSON document on stdout" },
  url: {
    type: "string",
    valueHint: "url",
    description: "Another gateway; needs --token or --password",
  },
  port: {
    type: "string",
    valueHint: "port",
    description: "This machine's gateway on another port",
  },
  token: { type: "string", valueHint: "token", description: "Gateway token" },
  password: { type: "string", valueHint: "password", description: "Gateway password" },
  timeout: { type: "string", valueHint: "ms", description: "How long to wait (default 10000)" },
} as const

export interface GatewayArgs {
  url?: string
  port?: string
  token?: string
  password?: string
  timeout?: string
}
