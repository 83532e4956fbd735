/** A provider's sign-in server on 127.0.0.1: page, token endpoint, device codes, and what it was sent. */

export interface FakeSignIn extends AsyncDisposable {
  /** For `auth.logins.<provider>`. */
  browser: Record<string, unknown>
  device: Record<string, unknown>
  /** What the token endpoint was sent, in order. */
  readonly asked: Record<string, string>[]
  /** What a person does on the page: where it leads back to. */
  approve(page: string): string
  /** The person says yes to the device code. */
  allow(): void
  /** How the token endpoint answers from now on, besides. */
  answer: { refuse?: string; status?: number; page?: string; expiresIn?: number }
}

const challengeOf = (verifier: string) =>
  new Bun.CryptoHasher("sha256").update(verifier).digest("base64url")

export const fakeSignIn = (): FakeSignIn => {
  const asked: Record<string, string>[] = []
  const codes = new Map<string, { challenge: string; redirectUri: string }>()
  const answer: FakeSignIn["answer"] = {}
  let allowed = false
  let count = 0
  const tokens = () => {
    count++
    const claims = Buffer.from(JSON.stringify({ email: "ada@example.com" })).toString("base64url")
    return Response.json({
      access_token: `access-token-${count}-canary`,
      refresh_token: `refresh-token-${count}-canary`,
      expires_in: answer.expiresIn ?? 3600,
      id_token: `e30.${claims}.x`,
    })
  }
  const refuse = (error: string) =>
    Response.json({ error, error_description: `no: ${error}` }, { status: 400 })

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      const form = Object.fromEntries(new URLSearchParams(await request.text()))
      if (pathname === "/device")
        return Response.json({
          device_code: "device-code-canary",
          user_code: "ABCD-EFGH",
          verification_uri: "https://example.com/device",
          expires_in: 900,
          interval: 5,
        })
      asked.push(form)
      if (answer.page) return new Response(answer.page, { status: answer.status ?? 200 })
      if (answer.status) return Response.json({}, { status: answer.status })
      if (answer.refuse) return refuse(answer.refuse)
      if (form.grant_type === "refresh_token") return tokens()
      if (form.grant_type?.endsWith("device_code"))
        return allowed ? tokens() : refuse("authorization_pending")
      const known = codes.get(form.code ?? "")
      codes.delete(form.code ?? "")
      const fits =
        known?.challenge === challengeOf(form.code_verifier ?? "") &&
        known.redirectUri === form.redirect_uri
      return fits ? tokens() : refuse("invalid_grant")
    },
  })
  const url = `http://127.0.0.1:${server.port}`
  return {
    browser: {
      clientId: "fased-test",
      authorizeUrl: `${url}/authorize`,
      tokenUrl: `${url}/token`,
      redirectUri: "http://127.0.0.1:9/back",
      scopes: ["chat"],
    },
    device: { clientId: "fased-test", deviceUrl: `${url}/device`, tokenUrl: `${url}/token` },
    asked,
    answer,
    approve(page) {
      const asked = new URL(page).searchParams
      const code = `code-${codes.size + 1}-canary`
      const redirectUri = asked.get("redirect_uri")!
      codes.set(code, { challenge: asked.get("code_challenge")!, redirectUri })
      const back = new URL(redirectUri)
      back.searchParams.set("code", code)
      back.searchParams.set("state", asked.get("state")!)
      return back.href
    },
    allow: () => void (allowed = true),
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
