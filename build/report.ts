export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** Tells the person at the terminal that one thing was made. */
export type Report = (what: string, facts: string, ms: number) => void

export const report: Report = (what, facts, ms) => console.log(`${what}  ${facts}  ${seconds(ms)}`)
