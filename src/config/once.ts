/** For what is parsed once: to have the parser make code for each schema first would take longer. */
export const once = { jitless: true }
