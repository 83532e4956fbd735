import type { ComponentChildren } from "preact"
import type { Resource } from "../resource.ts"
import { FailureNotice, Loading } from "./notice.tsx"

interface Props<T> {
  resource: Resource<T>
  /** What it is, to be put behind "read": `the devices`. */
  what: string
  children: (value: T) => ComponentChildren
}

/** Shows a resource once it is there; what was read before stays beside the reason it is not newer. */
export const Known = <T,>({ resource, what, children }: Props<T>) => {
  const { value, failure, isLoading, reload } = resource
  return (
    <>
      {failure && <FailureNotice what={`read ${what}`} failure={failure} onRetry={reload} />}
      {value !== undefined && children(value)}
      {value === undefined && isLoading && <Loading what={what} />}
    </>
  )
}
