import type * as access from "../access/methods.ts"
import type * as agentFiles from "../agent/agents/files.ts"
import type * as agentMemory from "../agent/agents/memory.ts"
import type * as agentChanges from "../agent/agents/methods.ts"
import type * as channelAccounts from "../channels/account-methods.ts"
import type * as channelLogin from "../channels/login-methods.ts"
import type * as channels from "../channels/methods.ts"
import type * as cron from "../cron/methods.ts"
import type * as cronRuns from "../cron/run-methods.ts"
import type * as mcp from "../mcp/methods.ts"
import type * as memory from "../memory/methods.ts"
import type * as modelAuth from "../models/auth/methods.ts"
import type * as signIn from "../models/auth/sign-in-methods.ts"
import type * as models from "../models/methods.ts"
import type * as secrets from "../secrets/methods.ts"
import type * as services from "../services/methods.ts"
import type * as skillChanges from "../skills/change-methods.ts"
import type * as skillFiles from "../skills/file-methods.ts"
import type * as skills from "../skills/methods.ts"
import type * as tools from "../tools/methods.ts"

/** The methods that the workbench of an agent calls beside those of other pages. */
export interface AgentMethods {
  "agents.create": typeof agentChanges.create
  "agents.delete": typeof agentChanges.remove
  "agents.files.get": typeof agentFiles.getFile
  "agents.files.list": typeof agentFiles.listFiles
  "agents.files.set": typeof agentFiles.setFile
  "agents.memory.get": typeof agentMemory.getMemory
  "agents.memory.list": typeof agentMemory.listMemory
  "agents.memory.set": typeof agentMemory.setMemory
  "agents.update": typeof agentChanges.update
  "channels.add": typeof channelAccounts.add
  "channels.explain": typeof access.explain
  "channels.logout": typeof channels.logout
  "channels.remove": typeof channelAccounts.remove
  "channels.stop": typeof channels.stop
  "cron.add": typeof cron.add
  "cron.list": typeof cron.list
  "cron.queue.cancel": typeof cronRuns.cancelRun
  "cron.queue.retry": typeof cronRuns.retryRun
  "cron.remove": typeof cron.remove
  "cron.run": typeof cron.run
  "cron.update": typeof cron.update
  "mcp.list": typeof mcp.list
  "mcp.test": typeof mcp.test
  "memory.index": typeof memory.index
  "memory.search": typeof memory.search
  "memory.status": typeof memory.status
  "models.auth.clear": typeof modelAuth.clear
  "models.auth.interactive.cancel": typeof signIn.cancelSignIn
  "models.auth.interactive.finish": typeof signIn.finishSignIn
  "models.auth.interactive.start": typeof signIn.startSignIn
  "models.auth.status": typeof modelAuth.authStatus
  "models.auth.store": typeof signIn.store
  "models.probe": typeof models.probe
  "pairing.approve": typeof access.approve
  "pairing.list": typeof access.list
  "pairing.remove": typeof access.remove
  "secrets.set": typeof secrets.set
  "services.list": typeof services.list
  "services.test": typeof services.test
  "skills.copy": typeof skillChanges.copy
  "skills.create": typeof skillChanges.create
  "skills.file.get": typeof skillFiles.getFile
  "skills.file.set": typeof skillFiles.setFile
  "skills.install": typeof skillChanges.install
  "skills.status": typeof skills.status
  "skills.update": typeof skillChanges.update
  "tools.effective": typeof tools.effective
  "web.login.start": typeof channelLogin.loginStart
  "web.login.wait": typeof channelLogin.loginWait
}
