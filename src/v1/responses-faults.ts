import { fault } from "../kernel/fault.ts"

export const enclosedTooLarge = fault<{ param: string; most: number }>("v1.enclosed-too-large", {
  status: 413,
  message: ({ param, most }) => `${param}: this is larger than the ${most} bytes it may have.`,
  hint: () => "Send a smaller one, or allow more in gateway.http.endpoints.responses.",
  details: ({ param }) => ({ param }),
})

export const unknownResponse = fault<{ id: string; param?: string }>("v1.unknown-response", {
  status: 404,
  message: ({ id }) => `There is no response with the id "${id.slice(0, 80)}".`,
  hint: () => "It was not stored, was deleted, or is another's: send the conversation as input.",
  details: ({ param }) => ({ param }),
})

export const unknownItem = fault<{ id: string; param: string }>("v1.unknown-item", {
  status: 404,
  message: ({ id }) => `There is no item with the id "${id.slice(0, 80)}".`,
  hint: () => "The response it is from was not stored: send the item itself.",
  details: ({ param }) => ({ param }),
})
