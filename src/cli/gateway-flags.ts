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
  "tls-fingerprint": {
    type: "string",
    valueHint: "sha256",
    description: "The one certificate the gateway may show",
  },
  "allow-plaintext": {
    type: "boolean",
    description: "Let --url be ws:// in a private network: the credential crosses it unencrypted",
  },
  timeout: { type: "string", valueHint: "ms", description: "How long to wait (default 10000)" },
} as const

export interface GatewayArgs {
  url?: string
  port?: string
  token?: string
  password?: string
  "tls-fingerprint"?: string
  "allow-plaintext"?: boolean
  timeout?: string
}
