/** True where people other than the two who talk read along: what an agent remembers stays out of there. */
export const readsAlong = (sessionKey: string) => /:(?:group|channel|room):/.test(sessionKey)
