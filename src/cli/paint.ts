/** The palette's roles (contract 01 §10). Each gives the text back unchanged where colour is off. */
export interface Paint {
  heading(text: string): string
  /** Commands, addresses, things to copy. */
  accent(text: string): string
  good(text: string): string
  warn(text: string): string
  bad(text: string): string
  muted(text: string): string
}

const style = (open: number, close: number) => (text: string) =>
  text && `\u001b[${open}m${text}\u001b[${close}m`
const same = (text: string) => text

export const createPaint = (colour: boolean): Paint =>
  colour
    ? {
        heading: style(1, 22),
        accent: style(96, 39),
        good: style(32, 39),
        warn: style(33, 39),
        bad: style(31, 39),
        muted: style(90, 39),
      }
    : { heading: same, accent: same, good: same, warn: same, bad: same, muted: same }
