import { join } from "node:path"
import { agents } from "../agents/config.ts"
import { Paths } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { Store } from "../store/database.ts"
import { Models } from "../models/service.ts"
import { MediaToolSettings } from "../tools/media-settings.ts"
import { createMedia } from "./create.ts"
import { Media } from "./service.ts"
import { createMediaStore } from "./store.ts"
import { createTranscriber, Transcriber } from "./transcriber.ts"

/** Builds the media store; `close` ends its housekeeping. */
export const provideMedia = (services: Services) => {
  const media = createMedia({
    folder: join(services.get(Paths).state, "media"),
    store: createMediaStore(services.get(Store)),
    maxSide: () => services.get(agents).defaults.imageMaxDimensionPx,
    clock: services.get(Clock),
    log: services.get(Log),
  })
  services.provide(Media, media)
  services.provide(
    Transcriber,
    createTranscriber({
      settings: () => services.get(MediaToolSettings),
      models: () => services.get(Models),
      clock: services.get(Clock),
      log: services.get(Log),
    }),
  )
  return media
}
