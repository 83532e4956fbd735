import { inProcess } from "./clients/host.ts"
import { responsesByClients } from "./clients/responses.ts"

responsesByClients(inProcess)
