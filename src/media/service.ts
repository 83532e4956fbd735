import type { Picture } from "../kernel/channel.ts"
import { service } from "../kernel/service.ts"

/** Pictures of conversations, each for the sessions it was shown in and no other. */
export interface Media {
  /**
   * Keeps a picture for a session: checked, scaled down, under a name of our own. `name` is only
   * what a refusal calls it. Throws `media.*`.
   */
  keep(sessionKey: string, bytes: Uint8Array, name: string): Promise<Picture>
  /** Null when it is not this session's, or is kept no longer. */
  read(sessionKey: string, mediaId: string): Promise<{ mimeType: string; bytes: Uint8Array } | null>
  /** All pictures of one session are from now on another's too. */
  share(from: string, to: string): Promise<void>
}
export const Media = service<Media>("media")
