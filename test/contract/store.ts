/**
 * Each contract beside this file says what one store owes whoever uses it, whatever engine stands
 * behind it; `sqlite.test.ts` holds ours to them.
 */
export interface Opened<S> extends AsyncDisposable {
  readonly store: S
  /** Ends and opens it again on what it kept, as another process would. */
  reopen(): Promise<void>
}

/** Opens an empty store of its own for one test. */
export type OpenStore<S> = () => Promise<Opened<S>>
