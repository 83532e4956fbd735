import type { Services } from "../../kernel/service.ts"
import { ModelAuth, MoreLogins } from "../../models/auth/service.ts"
import { GuardedFetch } from "../../net/guarded-fetch.ts"
import { services as section } from "../config.ts"
import { googleLogin, lacking, loginName } from "./account.ts"
import { GoogleAccount, type GoogleClient } from "./service.ts"

export const provideGoogle = (services: Services): GoogleAccount => {
  const config = () => services.get(section)
  const auth = () => services.get(ModelAuth)
  services.provide(MoreLogins, { [loginName]: () => googleLogin(config()) })
  let client: Promise<GoogleClient> | undefined
  return services.provide(GoogleAccount, {
    lacks: (rights, account) => lacking({ config: config(), auth: auth() }, rights, account),
    client: () =>
      (client ??= import("./client.ts").then(({ createGoogleClient }) =>
        createGoogleClient({ config, auth, guarded: services.get(GuardedFetch) }),
      )),
  })
}
