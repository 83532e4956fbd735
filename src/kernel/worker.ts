/**
 * Starts a worker from its source, or in the compiled binary from the script that the build put
 * beside it (build/compile.ts). Heavy libraries live in workers: their code is read when it is
 * needed, what they do cannot hold up the gateway, and ending them gives all memory back.
 */
export const startWorker = (path: WorkerPath): Worker =>
  new Worker(
    import.meta.dir.startsWith("/$bunfs/")
      ? `${import.meta.dir}/workers/${path.slice(path.lastIndexOf("/") + 1)}.js`
      : new URL(`../${path}.ts`, import.meta.url).href,
  )

/** Every worker, by its path in `src`. */
export const workers = ["web/extract-worker"] as const
type WorkerPath = (typeof workers)[number]
