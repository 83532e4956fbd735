import { useEffect, useState } from "preact/hooks"
import type { PicturePart } from "../transcript.ts"

interface Props {
  list: readonly PicturePart[]
  alt: string
  /** Gives a picture of this conversation as a data URL. */
  load: (mediaId: string) => Promise<string>
}

export const Pictures = ({ list, alt, load }: Props) => (
  <div class="pictures">
    {list.map((picture, at) => (
      <Picture key={picture.mediaId ?? at} {...picture} alt={alt} load={load} />
    ))}
  </div>
)

/** Fetched from the gateway where the page does not have it; a word stands for one that is gone. */
const Picture = ({ url, mediaId, alt, load }: PicturePart & Omit<Props, "list">) => {
  const [shown, setShown] = useState(url)
  const [isGone, setGone] = useState(!url && !mediaId)
  useEffect(() => {
    if (url || !mediaId) return
    let wanted = true
    load(mediaId).then(
      (data) => wanted && setShown(data),
      () => wanted && setGone(true),
    )
    return () => {
      wanted = false
    }
  }, [mediaId])
  if (shown) return <img src={shown} alt={alt} />
  return <span>{isGone ? "A picture that is kept no longer" : "Loading the picture…"}</span>
}
