import { useState } from "preact/hooks"
import type { Gateway } from "../gateway.ts"
import type { Result } from "../methods.ts"
import { useNow } from "../now.ts"
import { Known } from "../parts/known.tsx"
import { Empty } from "../parts/notice.tsx"
import { PageHead } from "../parts/page-head.tsx"
import { confirmed } from "../parts/question.tsx"
import { Table } from "../parts/table.tsx"
import { problem, toast } from "../parts/toast.tsx"
import { reason } from "../failure.ts"
import { useResource } from "../resource.ts"
import type { PageProps } from "../routes.ts"
import { PairRequests } from "../view/pair-requests.tsx"
import { SetupDialog } from "../view/setup-dialog.tsx"
import { deviceName, scopeWords, when } from "../words.ts"

type Device = Result<"device.pair.list">["paired"][number]

const isOwn = ({ deviceId }: Gateway, device: Device) => device.deviceId === deviceId

const ownWords = (gateway: Gateway, device: Device) =>
  isOwn(gateway, device) ? "This is the browser you are using now. " : ""

/** Asks, does it, and says how it went. */
const removal = async (gateway: Gateway, device: Device) => {
  const name = deviceName(device)
  const isMeant = await confirmed({
    title: `Remove ${name}?`,
    text: `${ownWords(gateway, device)}Its tokens and connections end at once, and it has to be let in anew. This cannot be undone.`,
    action: "Remove",
    isDestructive: true,
  })
  if (!isMeant) return
  try {
    await gateway.call("device.pair.remove", { deviceId: device.deviceId })
    toast(`${name} is removed.`)
  } catch (thrown) {
    problem(`Could not remove ${name}: ${reason(thrown)}.`)
  }
}

const revocation = async (gateway: Gateway, device: Device, role: Device["roles"][number]) => {
  const name = deviceName(device)
  const isMeant = await confirmed({
    title: `Sign ${name} out?`,
    text: `${ownWords(gateway, device)}Its token as ${role} and its connections end at once. It stays listed, and signs in again with the gateway's secret.`,
    action: "Sign out",
    isDestructive: true,
  })
  if (!isMeant) return
  try {
    await gateway.call("device.token.revoke", { deviceId: device.deviceId, role })
    toast(`${name} is signed out.`)
  } catch (thrown) {
    problem(`Could not sign ${name} out: ${reason(thrown)}.`)
  }
}

const isSignedIn = ({ tokens }: Device) => tokens.some(({ revokedAtMs }) => !revokedAtMs)

export const DevicesPage = ({ gateway, attention }: PageProps) => {
  const now = useNow()
  const [isAdding, setAdding] = useState(false)
  const devices = useResource(gateway, () => gateway.call("device.pair.list"), {
    events: ["device.pair.requested", "device.pair.resolved", "presence"],
  })
  return (
    <>
      <PageHead
        title="Devices"
        about="Browsers, phones and computers that may talk to this gateway, and what each of them may do."
      >
        <button type="button" class="primary" onClick={() => setAdding(true)}>
          Add a device
        </button>
      </PageHead>
      <div class="page-body">
        <PairRequests gateway={gateway} requests={attention.pairing.value} now={now} />
        <section aria-labelledby="paired">
          <h2 id="paired">Let in</h2>
          <Known resource={devices} what="the devices">
            {({ paired }) =>
              paired.length === 0 ? (
                <Empty title="No device was let in yet.">
                  Whoever opens the dashboard link is listed here.
                </Empty>
              ) : (
                <Table
                  label="Devices that were let in"
                  rows={paired.toSorted((a, b) => b.lastSeenAtMs - a.lastSeenAtMs)}
                  keyOf={({ deviceId }) => deviceId}
                  columns={[
                    {
                      title: "Device",
                      cell: (device) => (
                        <span class="two-lines">
                          <b>
                            {deviceName(device)}
                            {isOwn(gateway, device) && " (this one)"}
                          </b>
                          <small title={device.deviceId}>
                            {device.platform} · {device.deviceId.slice(0, 12)}
                          </small>
                        </span>
                      ),
                    },
                    { title: "As", isMinor: true, cell: ({ roles }) => roles.join(", ") },
                    {
                      title: "May",
                      isMinor: true,
                      cell: ({ scopes }) => scopeWords(scopes) || "what nodes may",
                    },
                    {
                      title: "Seen",
                      cell: (device) =>
                        isSignedIn(device) ? when(device.lastSeenAtMs, now) : "signed out",
                    },
                    {
                      title: "Actions",
                      align: "end",
                      cell: (device) => (
                        <>
                          {device.tokens
                            .filter(({ revokedAtMs }) => !revokedAtMs)
                            .map(({ role }) => (
                              <button
                                key={role}
                                type="button"
                                class="quiet"
                                aria-label={`Sign out ${deviceName(device)} as ${role}`}
                                onClick={() => void revocation(gateway, device, role)}
                              >
                                {device.tokens.length > 1 ? `Sign out as ${role}` : "Sign out"}
                              </button>
                            ))}
                          <button
                            type="button"
                            class="quiet"
                            aria-label={`Remove ${deviceName(device)}`}
                            onClick={() => void removal(gateway, device)}
                          >
                            Remove
                          </button>
                        </>
                      ),
                    },
                  ]}
                />
              )
            }
          </Known>
        </section>
      </div>
      {isAdding && <SetupDialog gateway={gateway} onClose={() => setAdding(false)} />}
    </>
  )
}
