import { startUiGateway } from "./ui-gateway.ts"

/** The fake gateway as a program of its own, to be compiled. */
const gateway = await startUiGateway()
console.log(gateway.dashboardUrl)
