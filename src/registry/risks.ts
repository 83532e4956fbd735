import * as accessRisks from "../access/risks.ts"
import * as configRisks from "../config/risks.ts"
import { mdnsFull } from "../discovery/risks.ts"
import * as proxyRisks from "../gateway/proxy-risks.ts"
import * as gatewayRisks from "../gateway/risks.ts"
import { openToOthers } from "../hooks/risks.ts"
import type { AnyRisk } from "../kernel/risk.ts"
import { patternsReplaced, redactionOff } from "../logs/risks.ts"
import { plainHttp as mcpPlainHttp } from "../mcp/risks.ts"
import { plainHttp, privateNetwork } from "../models/risks.ts"
import * as nodeRisks from "../nodes/risks.ts"
import * as sandboxRisks from "../sandbox/risks.ts"
import * as secretsRisks from "../secrets/risks.ts"
import { openFiles } from "../store/risks.ts"
import * as execRisks from "../tools/exec-risks.ts"
import { minimalOverridden, reachesEverywhere } from "../tools/risks.ts"

import * as webhookRisks from "../webhooks/risks.ts"

/** What `fased security audit` looks for. */
export const risks: readonly AnyRisk[] = [
  configRisks.unreadable,
  accessRisks.openDirect,
  accessRisks.openGroups,
  accessRisks.sharedDirect,
  ...openFiles,
  gatewayRisks.bindNoAuth,
  gatewayRisks.loopbackNoAuth,
  gatewayRisks.tokenTooShort,
  gatewayRisks.originsMissing,
  gatewayRisks.originsWildcard,
  gatewayRisks.originHostFallback,
  gatewayRisks.bindNoTls,
  gatewayRisks.limitsLax,
  proxyRisks.proxyAuth,
  proxyRisks.proxyNoProxies,
  proxyRisks.proxyNoUserHeader,
  proxyRisks.proxyNoAllowlist,
  proxyRisks.proxyWide,
  proxyRisks.proxiesMissing,
  proxyRisks.realIpFallback,
  proxyRisks.tailscaleFunnel,
  proxyRisks.tailscaleServe,
  mdnsFull,
  nodeRisks.denyIneffective,
  nodeRisks.allowDangerous,
  configRisks.dangerousFlags,
  configRisks.passwordInConfig,
  configRisks.plainTextSecrets,
  secretsRisks.notJudged,
  secretsRisks.fileOpen,
  secretsRisks.commandOpen,
  redactionOff,
  patternsReplaced,
  reachesEverywhere,
  minimalOverridden,
  execRisks.runsAnything,
  execRisks.trustsOpenFolder,
  execRisks.elevatedForAnyone,
  sandboxRisks.configuredButOff,
  sandboxRisks.dangerousNetwork,
  sandboxRisks.dangerousBind,
  mcpPlainHttp,
  plainHttp,
  privateNetwork,
  webhookRisks.tokenWeak,
  webhookRisks.requestSessions,
  webhookRisks.unsafeContent,
  openToOthers,
]
