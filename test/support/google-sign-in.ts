import type { Client } from "../../src/client/connect.ts"
import type { FakeGoogle } from "./fake-google.ts"

/** A person signs in at the fake Google, and says yes to what is asked for there. */
export const signInAtGoogle = async (client: Client, google: FakeGoogle) => {
  const { sessionId, step } = (await client.request("models.auth.interactive.start", {
    provider: "google-workspace",
  })) as { sessionId: string; step: { url: string } }
  const address = await google.allow(step.url)
  await client.request("models.auth.interactive.finish", { sessionId, address })
  return { page: new URL(step.url), address }
}
