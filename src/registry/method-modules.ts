/** Made by `npm run docs` from methods.ts: which file declares which methods, so that one call loads one file. */
import type { MethodModule } from "../gateway/method-table.ts"

export const methodModules: readonly MethodModule[] = [
  {
    load: () => import("../access/methods.ts"),
    names: "pairing.list pairing.approve pairing.remove channels.explain",
  },
  {
    load: () => import("../agent/agents.ts"),
    names: "agents.list agent.identity.get",
  },
  {
    load: () => import("../agent/agents/files.ts"),
    names: "agents.files.list agents.files.get agents.files.set",
  },
  {
    load: () => import("../agent/agents/memory.ts"),
    names: "agents.memory.list agents.memory.get agents.memory.set",
  },
  {
    load: () => import("../agent/agents/methods.ts"),
    names: "agents.create agents.update agents.delete",
  },
  {
    load: () => import("../agent/chat-history.ts"),
    names: "chat.history",
  },
  {
    load: () => import("../agent/chat.ts"),
    names: "chat.send chat.abort chat.inject",
  },
  {
    load: () => import("../agent/compaction/methods.ts"),
    names:
      "sessions.compact sessions.compaction.list sessions.compaction.get sessions.compaction.branch sessions.compaction.restore",
  },
  {
    load: () => import("../agent/list-commands.ts"),
    names: "commands.list",
  },
  {
    load: () => import("../agent/run.ts"),
    names: "agent agent.wait",
  },
  {
    load: () => import("../agent/unlock.ts"),
    names: "sessions.unlock",
  },
  {
    load: () => import("../approvals/methods.ts"),
    names:
      "exec.approval.request exec.approval.waitDecision exec.approval.get exec.approval.list exec.approval.resolve",
  },
  {
    load: () => import("../approvals/policy-methods.ts"),
    names: "exec.approvals.get exec.approvals.set",
  },
  {
    load: () => import("../channels/account-methods.ts"),
    names: "channels.add channels.remove",
  },
  {
    load: () => import("../channels/login-methods.ts"),
    names: "web.login.start web.login.wait",
  },
  {
    load: () => import("../channels/methods.ts"),
    names: "channels.status channels.start channels.stop channels.logout",
  },
  {
    load: () => import("../channels/resolve-method.ts"),
    names: "channels.resolve",
  },
  {
    load: () => import("../config/change-methods.ts"),
    names: "config.set config.edit config.patch config.apply config.reload",
  },
  {
    load: () => import("../config/methods.ts"),
    names: "config.get config.schema config.schema.lookup",
  },
  {
    load: () => import("../cron/methods.ts"),
    names: "cron.list cron.get cron.status cron.add cron.update cron.remove cron.run",
  },
  {
    load: () => import("../cron/run-methods.ts"),
    names:
      "cron.runs cron.runDetail cron.queue.cancel cron.queue.retry cron.queue.clearStale tasks.audit",
  },
  {
    load: () => import("../devices/methods.ts"),
    names:
      "device.pair.list device.pair.approve device.pair.reject device.pair.remove device.token.rotate device.token.revoke device.setup.create",
  },
  {
    load: () => import("../doctor/methods.ts"),
    names: "doctor.run doctor.fix",
  },
  {
    load: () => import("../gateway/cancel-method.ts"),
    names: "request.cancel",
  },
  {
    load: () => import("../gateway/method-help.ts"),
    names: "gateway.method.get",
  },
  {
    load: () => import("../gateway/methods.ts"),
    names: "health status system-presence system-event gateway.identity.get",
  },
  {
    load: () => import("../heartbeat/methods.ts"),
    names: "last-heartbeat set-heartbeats wake",
  },
  {
    load: () => import("../logs/methods.ts"),
    names: "logs.tail logs.subscribe logs.unsubscribe",
  },
  {
    load: () => import("../mcp/methods.ts"),
    names: "mcp.list mcp.tools mcp.test",
  },
  {
    load: () => import("../media/methods.ts"),
    names: "media.get",
  },
  {
    load: () => import("../memory/doctor-methods.ts"),
    names: "doctor.memory.status",
  },
  {
    load: () => import("../memory/methods.ts"),
    names: "memory.status memory.search memory.index",
  },
  {
    load: () => import("../models/auth/methods.ts"),
    names:
      "models.auth.status models.authStatus models.auth.order.get models.auth.order.set models.auth.order.clear models.auth.clear",
  },
  {
    load: () => import("../models/auth/sign-in-methods.ts"),
    names:
      "models.auth.store models.auth.configure models.auth.interactive.start models.auth.interactive.finish models.auth.interactive.cancel",
  },
  {
    load: () => import("../models/methods.ts"),
    names: "models.list models.catalog.status models.refresh models.probe",
  },
  {
    load: () => import("../nodes/methods.ts"),
    names: "node.list node.describe node.rename node.invoke node.pending.enqueue",
  },
  {
    load: () => import("../nodes/node-methods.ts"),
    names: "node.invoke.result node.event node.pending.pull node.pending.drain node.pending.ack",
  },
  {
    load: () => import("../nodes/pair-methods.ts"),
    names: "node.pair.list node.pair.approve node.pair.reject node.pair.remove",
  },
  {
    load: () => import("../nodes/policy-methods.ts"),
    names: "exec.approvals.node.get exec.approvals.node.set",
  },
  {
    load: () => import("../nodes/voicewake-methods.ts"),
    names: "voicewake.get voicewake.set",
  },
  {
    load: () => import("../outbox/delivery-methods.ts"),
    names: "outbox.list outbox.retry outbox.discard",
  },
  {
    load: () => import("../outbox/directory-method.ts"),
    names: "message.directory",
  },
  {
    load: () => import("../outbox/methods.ts"),
    names: "send poll message.action",
  },
  {
    load: () => import("../sandbox/methods.ts"),
    names: "sandbox.list sandbox.recreate sandbox.explain",
  },
  {
    load: () => import("../secrets/methods.ts"),
    names: "secrets.reload secrets.set",
  },
  {
    load: () => import("../services/methods.ts"),
    names: "services.list services.capabilities services.test",
  },
  {
    load: () => import("../sessions/archive-methods.ts"),
    names: "sessions.archives.list sessions.archives.restore",
  },
  {
    load: () => import("../sessions/methods.ts"),
    names:
      "sessions.list sessions.describe sessions.resolve sessions.preview sessions.reset sessions.subscribe sessions.unsubscribe sessions.messages.subscribe sessions.messages.unsubscribe",
  },
  {
    load: () => import("../sessions/patch-method.ts"),
    names: "sessions.patch",
  },
  {
    load: () => import("../skills/change-methods.ts"),
    names: "skills.create skills.copy skills.install skills.update",
  },
  {
    load: () => import("../skills/file-methods.ts"),
    names: "skills.file.get skills.file.set",
  },
  {
    load: () => import("../skills/methods.ts"),
    names: "skills.status skills.bins",
  },
  {
    load: () => import("../sessions/transfer-methods.ts"),
    names: "sessions.export sessions.import",
  },
  {
    load: () => import("../sessions/upkeep-methods.ts"),
    names: "sessions.delete sessions.search sessions.cleanup sessions.repair",
  },
  {
    load: () => import("../tools/methods.ts"),
    names: "tools.catalog tools.effective",
  },
  {
    load: () => import("../update/methods.ts"),
    names: "update.status update.run",
  },
  {
    load: () => import("../usage/methods.ts"),
    names: "usage.status usage.cost",
  },
  {
    load: () => import("../usage/session-methods.ts"),
    names: "sessions.usage sessions.usage.timeseries sessions.usage.logs",
  },
  {
    load: () => import("../web/methods.ts"),
    names: "services.webSearch.providers services.webSearch.test",
  },
  {
    load: () => import("../webhooks/gmail/methods.ts"),
    names: "services.gmail.setup webhooks.gmail.sync",
  },
]
