interface Named {
  nodeId: string
  displayName?: string
  remoteIp?: string
}

/** The nodes of that name, id or address; where none is, those whose id begins with it. */
export const pick = <N extends Named>(nodes: readonly N[], written: string): N[] => {
  const wanted = written.trim().toLowerCase()
  if (!wanted) return []
  const exact = nodes.filter(({ nodeId, displayName, remoteIp }) =>
    [nodeId, displayName, remoteIp].some((name) => name?.toLowerCase() === wanted),
  )
  return exact.length ? exact : nodes.filter(({ nodeId }) => nodeId.startsWith(wanted))
}
