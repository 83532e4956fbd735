/** Routes that answer without a credential, and why that is right. */
export const openRoutes: Record<string, string> = {
  "GET /health": "says that it lives, nothing else",
  "GET /healthz": "the same, under the other name",
  "GET /ready": "says whether it is ready; why not only to this machine",
  "GET /readyz": "the same, under the other name",
  "ALL /health": "405",
  "ALL /healthz": "405",
  "ALL /ready": "405",
  "ALL /readyz": "405",
  "ALL /__fased__/session/*": "headers for the answers of the next five",
  "GET /__fased__/session": "says to a browser whether its own cookie is good",
  "DELETE /__fased__/session": "ends the session of its own cookie, where there is one",
  "POST /__fased__/session/end": "the same, for a form",
  "ALL /__fased__/session": "405",
  "ALL /__fased__/session/end": "405",
  "ALL /*": "the page: the same bytes for everyone, and it asks for a credential itself",
}
