/** The topic that Gmail tells of new mail, and the subscription that pushes it on. */
import * as z from "zod"
import type { GoogleClient } from "../../services/google/service.ts"
import { tokenParameter } from "./settings.ts"

/** Who publishes for Gmail (developers.google.com/workspace/gmail/api/guides/push). */
const publisher = "serviceAccount:gmail-api-push@system.gserviceaccount.com"
const role = "roles/pubsub.publisher"
/** How long a push may take to answer. */
const ackDeadlineSeconds = 60

export interface Plumbing {
  topic: string
  subscription: string
  hookUrl: string
  pushToken: string
  serviceAccount?: string
  audience?: string
}

const policy = z.looseObject({
  bindings: z
    .array(z.looseObject({ role: z.string(), members: z.array(z.string()).default([]) }))
    .default([]),
})

/** Makes what is not there yet. Says what it did. */
export const layPipes = async (
  { topic, subscription, hookUrl, pushToken, serviceAccount, audience }: Plumbing,
  google: GoogleClient,
  { account, signal }: { account: string; signal: AbortSignal },
): Promise<string[]> => {
  const done: string[] = []
  const ask = (path: string, method: "GET" | "POST" | "PUT", body?: object, fine?: number[]) =>
    google.ask("pubsub", `/${path}`, { method, body, fine, account, what: path, signal })

  if (await ask(topic, "PUT", {}, [409])) done.push(`Made the topic ${topic}.`)
  const known = policy.parse(await ask(`${topic}:getIamPolicy`, "GET"))
  const mayPublish = known.bindings.some(
    (one) => one.role === role && one.members.includes(publisher),
  )
  if (!mayPublish) {
    const bindings = [...known.bindings, { role, members: [publisher] }]
    await ask(`${topic}:setIamPolicy`, "POST", { policy: { ...known, bindings } })
    done.push("Let Gmail publish to it.")
  }
  const pushConfig = {
    pushEndpoint: withToken(hookUrl, pushToken),
    ...(serviceAccount && {
      oidcToken: { serviceAccountEmail: serviceAccount, audience: audience ?? hookUrl },
    }),
  }
  // Without an expiration policy of its own a subscription that is quiet for a month is removed.
  const body = { topic, pushConfig, ackDeadlineSeconds, expirationPolicy: {} }
  if (await ask(subscription, "PUT", body, [409]))
    done.push(`Made the subscription ${subscription}, which pushes to ${hookUrl}.`)
  else {
    await ask(`${subscription}:modifyPushConfig`, "POST", { pushConfig })
    done.push(`The subscription ${subscription} pushes to ${hookUrl} now.`)
  }
  return done
}

const withToken = (hookUrl: string, token: string) => {
  const url = new URL(hookUrl)
  url.searchParams.set(tokenParameter, token)
  return url.href
}

/** The same by hand, for someone with the rights. The token is left for the shell to take out of its file. */
export const byHand = (
  { topic, subscription, hookUrl, serviceAccount, audience }: Omit<Plumbing, "pushToken">,
  secretsFile: string,
) => {
  const [, project, , name] = topic.split("/")
  const at = `--project ${project}`
  const token = `$(jq -r .hooks.gmail.pushToken '${secretsFile}')`
  const push = [
    `--push-endpoint "${hookUrl}?${tokenParameter}=${token}"`,
    ...(serviceAccount
      ? [
          `--push-auth-service-account ${serviceAccount}`,
          `--push-auth-token-audience ${audience ?? hookUrl}`,
        ]
      : []),
  ].join(" ")
  return [
    `gcloud services enable gmail.googleapis.com pubsub.googleapis.com ${at}`,
    `gcloud pubsub topics create ${name} ${at}`,
    `gcloud pubsub topics add-iam-policy-binding ${name} ${at} --member ${publisher} --role ${role}`,
    `gcloud pubsub subscriptions create ${subscription.split("/")[3]} ${at} --topic ${name} --ack-deadline ${ackDeadlineSeconds} --expiration-period never ${push}`,
  ]
}
