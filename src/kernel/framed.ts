/** Stands before the message that is to be answered, behind what was said in the room before it. */
export const currentMark = "[Current message - respond to this]"

/** Only the name of a room stands in quotes, and no name holds one. */
const direct = /^\[[^[\]\n"]* id:[^[\]\n"]*\] /
const inRoom = /^\[[^[\]\n]+\] (?:[^\n]*? )??id:\S+: /

/** What somebody wrote, without what a model reads before it of who, where and when; for lists and titles. */
export const unframed = (text: string): string => {
  const at = text.startsWith("[Chat messages") ? text.indexOf(currentMark) : -1
  const message = at < 0 ? text : text.slice(at + currentMark.length).trimStart()
  return message.replace(direct.test(message) ? direct : inRoom, "")
}
