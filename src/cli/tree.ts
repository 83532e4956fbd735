import type { AnyCommand } from "./command.ts"

/**
 * Every command of `fased`, with what help says of it. Nothing here loads a command:
 * `--help` answers from this list, and running one imports that one.
 */
export interface Node {
  readonly summary: string
  readonly load?: () => Promise<AnyCommand>
  readonly children?: Readonly<Record<string, Node>>
  /** Gateway methods with this first word are commands here too: `sessions.reset` → `sessions reset`. */
  readonly derives?: true
  /** Works, but is not listed. */
  readonly hidden?: true
}

/** What a newcomer needs, by what they want to do. */
export const everydayCommands: readonly (readonly [title: string, names: readonly string[]])[] = [
  ["Begin", ["onboard", "start", "agent", "tui", "dashboard", "channels"]],
  ["See how it is", ["status", "doctor", "logs"]],
]

/** The rest of the root's commands, of which the first page of help has only the names. */
export const otherCommands: readonly (readonly [title: string, names: readonly string[]])[] = [
  ["Gateway", ["gateway", "health", "message", "directory", "outbox", "plugins", "system"]],
  ["Access", ["pairing", "devices", "nodes", "node", "approvals", "qr", "security", "sandbox"]],
  ["Agents", ["agents", "sessions", "task", "models", "usage", "memory", "tools", "skills"]],
  ["Settings", ["configure", "config", "secrets", "services", "mcp", "hooks", "webhooks"]],
  ["This program", ["update", "backup", "reset", "uninstall", "completion", "man"]],
]

const configure = async () => (await import("./commands/configure.ts")).configure
const gatewayRun = async () => (await import("./commands/gateway-run.ts")).gatewayRun

/** The service of this instance; `daemon` is what older runbooks call it. */
const serviceCommands = {
  status: {
    summary: "Is it running, and can this command line reach it",
    load: async () => (await import("./commands/gateway-status.ts")).gatewayStatus,
  },
  install: {
    summary: "Keep the gateway running as a service, also after a reboot",
    load: async () => (await import("./commands/gateway-install.ts")).gatewayInstall,
  },
  start: {
    summary: "Start the installed service",
    load: async () => (await import("./commands/gateway-start.ts")).gatewayStart,
  },
  stop: {
    summary: "Stop the installed service",
    load: async () => (await import("./commands/gateway-stop.ts")).gatewayStop,
  },
  restart: {
    summary: "Restart the installed service and wait until it answers",
    load: async () => (await import("./commands/gateway-restart.ts")).gatewayRestart,
  },
  uninstall: {
    summary: "Remove the service; everything else stays",
    load: async () => (await import("./commands/gateway-uninstall.ts")).gatewayUninstall,
  },
} satisfies Record<string, Node>

const node = async () => await import("./commands/node.ts")
const nodesList = async () => (await import("./commands/nodes-list.ts")).nodesList
const nodesPairing = async () => await import("./commands/nodes-pairing.ts")
const nodesCamera = async () => await import("./commands/nodes-camera.ts")
const nodesCanvas = async () => await import("./commands/nodes-canvas.ts")
const nodesInvoke = async () => await import("./commands/nodes-invoke.ts")
const task = async () => await import("./commands/task.ts")
const taskRuns = async () => await import("./commands/task-runs.ts")

/** Tasks; `cron` is their older name. */
const taskCommands = {
  add: { summary: "Make a task", load: async () => (await task()).taskAdd },
  list: {
    summary: "What there is, and when it runs next",
    load: async () => (await task()).taskList,
  },
  show: { summary: "One task in full", load: async () => (await task()).taskShow },
  edit: { summary: "Change a task", load: async () => (await task()).taskEdit },
  run: { summary: "Run a task now", load: async () => (await taskRuns()).taskRun },
  runs: { summary: "How tasks did", load: async () => (await taskRuns()).taskRuns },
  last: { summary: "The newest run in full", load: async () => (await taskRuns()).taskLast },
  "run-show": { summary: "One run in full", load: async () => (await taskRuns()).taskRunShow },
  enable: { summary: "Switch a task on", load: async () => (await task()).taskEnable },
  disable: { summary: "Switch a task off", load: async () => (await task()).taskDisable },
  resume: {
    summary: "The same as enable",
    load: async () => (await task()).taskEnable,
    hidden: true,
  },
  pause: {
    summary: "The same as disable",
    load: async () => (await task()).taskDisable,
    hidden: true,
  },
  rm: { summary: "Remove a task", load: async () => (await task()).taskRemove },
  remove: { summary: "The same as rm", load: async () => (await task()).taskRemove, hidden: true },
  status: {
    summary: "Is the scheduler on, and what is next",
    load: async () => (await task()).taskStatus,
  },
  "cancel-run": {
    summary: "End a run that waits or is at work",
    load: async () => (await taskRuns()).taskCancelRun,
  },
  "retry-run": { summary: "Do a run once more", load: async () => (await taskRuns()).taskRetryRun },
  "clear-stale": {
    summary: "End runs that nothing works on",
    load: async () => (await taskRuns()).taskClearStale,
  },
  audit: {
    summary: "Find what keeps tasks from doing their work",
    load: async () => (await taskRuns()).taskAudit,
  },
} satisfies Record<string, Node>

const system = async () => await import("./commands/system.ts")

/** The commands of one list of fallbacks. */
const fallbackCommands = (list: "fallbacks" | "imageFallbacks") => {
  const load = async () => (await import("./commands/models-fallbacks.ts"))[list]
  return {
    list: {
      summary: "The list, in the order they are tried",
      load: async () => (await load()).list,
    },
    add: { summary: "Put a model at its end", load: async () => (await load()).add },
    remove: { summary: "Take a model off it", load: async () => (await load()).remove },
    clear: { summary: "Empty it", load: async () => (await load()).clear },
  } satisfies Record<string, Node>
}

export const root: Node = {
  summary: "One executable that keeps your AI assistants reachable.",
  children: {
    onboard: {
      summary: "Set everything up, a question at a time",
      load: async () => (await import("./commands/onboard.ts")).onboard,
    },
    setup: {
      summary: "Make the config and the agent's folder, and ask nothing",
      load: async () => (await import("./commands/setup.ts")).setup,
      hidden: true,
    },
    configure: {
      summary: "Go through one part of the setup again",
      load: configure,
    },
    start: {
      summary: "Set up what is missing, run the gateway, show what to do next",
      load: async () => (await import("./commands/start.ts")).start,
    },
    agent: {
      summary: "Send a message to an agent and read the reply as it is written",
      load: async () => (await import("./commands/agent.ts")).agent,
    },
    tui: {
      summary: "Talk with an agent on the whole terminal",
      load: async () => (await import("./commands/tui.ts")).tui,
    },
    dashboard: {
      summary: "Open the Control UI, signed in",
      load: async () => (await import("./commands/dashboard.ts")).dashboard,
    },
    status: {
      summary: "How things stand, and what to do next",
      load: async () => (await import("./commands/status.ts")).status,
    },
    doctor: {
      summary: "Check everything, explain what is wrong, fix what can be fixed",
      load: async () => (await import("./commands/doctor.ts")).doctor,
    },
    gateway: {
      summary: "Run the gateway, here or as a service, and inspect it",
      load: gatewayRun,
      derives: true,
      children: {
        run: { summary: "Run the gateway in the foreground", load: gatewayRun },
        ...serviceCommands,
        health: {
          summary: "The running gateway's own view of its health",
          load: async () => (await import("./commands/health.ts")).health,
        },
        "usage-cost": {
          summary: "What models were used for, and what it cost",
          load: async () => (await import("./commands/usage.ts")).usage,
          hidden: true,
        },
        probe: {
          summary: "Try every gateway this command line knows of",
          load: async () => (await import("./commands/gateway-probe.ts")).gatewayProbe,
        },
        discover: {
          summary: "Find gateways in the local network",
          load: async () => (await import("./commands/gateway-discover.ts")).gatewayDiscover,
        },
        tunnel: {
          summary: "Reach a gateway on another machine by SSH",
          load: async () => (await import("./commands/gateway-tunnel.ts")).gatewayTunnel,
        },
        call: {
          summary: "Call any gateway method with JSON parameters",
          load: async () => (await import("./commands/gateway-call.ts")).gatewayCall,
        },
      },
    },
    daemon: {
      summary: "Older name of the service commands",
      children: serviceCommands,
      hidden: true,
    },
    health: {
      summary: "Is the gateway online; exit code 1 when not",
      load: async () => (await import("./commands/health.ts")).health,
    },
    logs: {
      summary: "Read the gateway's log, or follow it",
      load: async () => (await import("./commands/logs.ts")).logs,
    },
    message: {
      summary: "Send to chat networks, and act on messages there",
      children: {
        send: {
          summary: "Send a text or files",
          load: async () => (await import("./commands/message.ts")).send,
        },
        broadcast: {
          summary: "The same to several",
          load: async () => (await import("./commands/message.ts")).broadcast,
        },
        poll: {
          summary: "Ask people to choose",
          load: async () => (await import("./commands/message.ts")).poll,
        },
        react: {
          summary: "React to a message",
          load: async () => (await import("./commands/message-deeds.ts")).react,
        },
        edit: {
          summary: "Give a message other words",
          load: async () => (await import("./commands/message-deeds.ts")).edit,
        },
        delete: {
          summary: "Take a message back",
          load: async () => (await import("./commands/message-deeds.ts")).remove,
        },
        read: {
          summary: "Show the newest messages",
          load: async () => (await import("./commands/message-deeds.ts")).read,
        },
        pin: {
          summary: "Pin a message",
          load: async () => (await import("./commands/message-deeds.ts")).pin,
        },
        unpin: {
          summary: "Unpin a message",
          load: async () => (await import("./commands/message-deeds.ts")).unpin,
        },
        action: {
          summary: "Do what only one network can",
          load: async () => (await import("./commands/message-deeds.ts")).action,
        },
      },
    },
    directory: {
      summary: "People and rooms that chat networks know",
      children: {
        self: {
          summary: "Who the account is",
          load: async () => (await import("./commands/directory.ts")).self,
        },
        peers: {
          summary: "People",
          children: {
            list: {
              summary: "Those it knows",
              load: async () => (await import("./commands/directory.ts")).peers,
            },
          },
        },
        groups: {
          summary: "Rooms",
          children: {
            list: {
              summary: "Those it is in",
              load: async () => (await import("./commands/directory.ts")).groups,
            },
            members: {
              summary: "Who is in one",
              load: async () => (await import("./commands/directory.ts")).members,
            },
          },
        },
      },
    },
    outbox: {
      summary: "What goes to chat networks and is not there yet",
      load: async () => (await import("./commands/outbox-list.ts")).outboxList,
      derives: true,
      children: {
        list: {
          summary: "What waits, failed or is unknown, and why",
          load: async () => (await import("./commands/outbox-list.ts")).outboxList,
        },
      },
    },
    channels: {
      summary: "Talk with your agents on Telegram, Discord, Slack, Signal, …",
      load: async () => (await import("./commands/channels-status.ts")).channelsStatus,
      children: {
        list: {
          summary: "Which networks there are, and how each is set up",
          load: async () => (await import("./commands/channels-list.ts")).channelsList,
        },
        status: {
          summary: "Which networks are connected",
          load: async () => (await import("./commands/channels-status.ts")).channelsStatus,
        },
        add: {
          summary: "Connect a network: asks for the credentials and tries them out",
          load: async () => (await import("./commands/channels-add.ts")).channelsAdd,
        },
        remove: {
          summary: "Switch an account off, or remove it",
          load: async () => (await import("./commands/channels-remove.ts")).channelsRemove,
        },
        login: {
          summary: "Link an account by a code to scan",
          load: async () => (await import("./commands/channels-login.ts")).channelsLogin,
        },
        logout: {
          summary: "Forget what links an account",
          load: async () => (await import("./commands/channels-control.ts")).channelsLogout,
        },
        start: {
          summary: "Connect an account that was stopped, or try again at once",
          load: async () => (await import("./commands/channels-control.ts")).channelsStart,
        },
        stop: {
          summary: "Disconnect an account for now",
          load: async () => (await import("./commands/channels-control.ts")).channelsStop,
        },
        capabilities: {
          summary: "What each network can",
          load: async () =>
            (await import("./commands/channels-capabilities.ts")).channelsCapabilities,
        },
        resolve: {
          summary: "Find the ids behind names of people and rooms",
          load: async () => (await import("./commands/channels-resolve.ts")).channelsResolve,
        },
        explain: {
          summary: "Why a message was not answered, and what to change",
          load: async () => (await import("./commands/channels-explain.ts")).channelsExplain,
        },
        logs: {
          summary: "What the gateway wrote about its chat networks",
          load: async () => (await import("./commands/channels-logs.ts")).channelsLogs,
        },
      },
    },
    hooks: {
      summary: "Code on this machine that is told what happens in the gateway",
      load: async () => (await import("./commands/hooks-list.ts")).hooksList,
      children: {
        list: {
          summary: "Which there are, and which are on",
          load: async () => (await import("./commands/hooks-list.ts")).hooksList,
        },
        info: {
          summary: "What one does, and what it is told",
          load: async () => (await import("./commands/hooks-list.ts")).hooksInfo,
        },
        check: {
          summary: "What keeps one from running",
          load: async () => (await import("./commands/hooks-list.ts")).hooksCheck,
        },
        enable: {
          summary: "Run one from now on",
          load: async () => (await import("./commands/hooks-change.ts")).hooksEnable,
        },
        disable: {
          summary: "Run one no more",
          load: async () => (await import("./commands/hooks-change.ts")).hooksDisable,
        },
        install: {
          summary: "Put one of your own into its place, and switch it on",
          load: async () => (await import("./commands/hooks-change.ts")).hooksInstall,
        },
      },
    },
    plugins: {
      summary: "Channels that are installed beside this program",
      load: async () => (await import("./commands/plugins-list.ts")).pluginsList,
      children: {
        list: {
          summary: "Which are installed, and which can be",
          load: async () => (await import("./commands/plugins-list.ts")).pluginsList,
        },
        info: {
          summary: "What one is, and what it says it needs",
          load: async () => (await import("./commands/plugins-list.ts")).pluginsInfo,
        },
        install: {
          summary: "Put one beside this program, after a look at what it needs",
          load: async () => (await import("./commands/plugins-change.ts")).pluginsInstall,
        },
        remove: {
          summary: "Take one away",
          load: async () => (await import("./commands/plugins-change.ts")).pluginsRemove,
        },
        enable: {
          summary: "Use one again",
          load: async () => (await import("./commands/plugins-change.ts")).pluginsEnable,
        },
        disable: {
          summary: "Leave one out",
          load: async () => (await import("./commands/plugins-change.ts")).pluginsDisable,
        },
        doctor: {
          summary: "What keeps one from being used",
          load: async () => (await import("./commands/plugins-list.ts")).pluginsDoctor,
        },
      },
    },
    "plugin-host": {
      summary: "The process of a plugin",
      load: async () => (await import("./commands/plugin-host.ts")).pluginHost,
      hidden: true,
    },
    pairing: {
      summary: "Who may write to your agents on chat networks: let people in by their code",
      load: async () => (await import("./commands/pairing.ts")).pairingList,
      children: {
        list: {
          summary: "People that ask to be heard, and those that were let in",
          load: async () => (await import("./commands/pairing.ts")).pairingList,
        },
        approve: {
          summary: "Let somebody in by the code they were shown",
          load: async () => (await import("./commands/pairing.ts")).pairingApprove,
        },
        remove: {
          summary: "Let somebody in no longer",
          load: async () => (await import("./commands/pairing.ts")).pairingRemove,
        },
      },
    },
    devices: {
      summary: "Who may connect from elsewhere: approve, remove, renew tokens",
      load: async () => (await import("./commands/devices-list.ts")).devicesList,
      children: {
        list: {
          summary: "Devices that ask to be let in, and those that were",
          load: async () => (await import("./commands/devices-list.ts")).devicesList,
        },
        approve: {
          summary: "Let a device in",
          load: async () => (await import("./commands/devices-approve.ts")).devicesApprove,
        },
        reject: {
          summary: "Turn a device away",
          load: async () => (await import("./commands/devices-reject.ts")).devicesReject,
        },
        remove: {
          summary: "Forget a paired device",
          load: async () => (await import("./commands/devices-remove.ts")).devicesRemove,
        },
        clear: {
          summary: "Forget every paired device",
          load: async () => (await import("./commands/devices-clear.ts")).devicesClear,
        },
        rotate: {
          summary: "Give a device another token",
          load: async () => (await import("./commands/devices-rotate.ts")).devicesRotate,
        },
        revoke: {
          summary: "End a device's token",
          load: async () => (await import("./commands/devices-revoke.ts")).devicesRevoke,
        },
      },
    },
    node: {
      summary: "This machine as a node: agents of a gateway run commands here",
      load: async () => (await node()).nodeStatus,
      children: {
        run: { summary: "Be a node until this ends", load: async () => (await node()).nodeRun },
        install: {
          summary: "Be a node as a service, also after a reboot",
          load: async () => (await node()).nodeInstall,
        },
        status: {
          summary: "Of which gateway, and does it run",
          load: async () => (await node()).nodeStatus,
        },
        start: {
          summary: "Start the installed service",
          load: async () => (await node()).nodeStart,
        },
        stop: { summary: "Stop the installed service", load: async () => (await node()).nodeStop },
        restart: {
          summary: "Restart the installed service",
          load: async () => (await node()).nodeRestart,
        },
        uninstall: {
          summary: "Remove the service; the pairing stays",
          load: async () => (await node()).nodeUninstall,
        },
      },
    },
    nodes: {
      summary: "Machines and phones that agents can act through",
      load: nodesList,
      children: {
        list: {
          summary: "Which there are, and which are here",
          load: nodesList,
        },
        status: {
          summary: "The same as list",
          load: nodesList,
          hidden: true,
        },
        pending: {
          summary: "Who asks to be let in as a node",
          load: async () => (await nodesPairing()).nodesPending,
        },
        approve: {
          summary: "Let a node in",
          load: async () => (await nodesPairing()).nodesApprove,
        },
        reject: {
          summary: "Turn a node away",
          load: async () => (await nodesPairing()).nodesReject,
        },
        remove: {
          summary: "End a node's access",
          load: async () => (await nodesPairing()).nodesRemove,
        },
        rename: {
          summary: "Call a node by another name",
          load: async () => (await nodesPairing()).nodesRename,
        },
        describe: {
          summary: "What one offers and may be asked for",
          load: async () => (await import("./commands/nodes-list.ts")).nodesDescribe,
        },
        invoke: {
          summary: "Ask one for something it offers",
          load: async () => (await nodesInvoke()).nodesInvoke,
        },
        run: { summary: "Run a program on one", load: async () => (await nodesInvoke()).nodesRun },
        camera: {
          summary: "Pictures and films from its cameras",
          children: {
            list: { summary: "Which it has", load: async () => (await nodesCamera()).cameraList },
            snap: { summary: "Take a picture", load: async () => (await nodesCamera()).cameraSnap },
            clip: { summary: "Film a little", load: async () => (await nodesCamera()).cameraClip },
          },
        },
        screen: {
          summary: "What its screen shows",
          children: {
            record: {
              summary: "Film it a little",
              load: async () => (await nodesCamera()).screenRecord,
            },
          },
        },
        canvas: {
          summary: "The page that agents show on it",
          children: {
            present: {
              summary: "Bring it to the front",
              load: async () => (await nodesCanvas()).canvasPresent,
            },
            hide: { summary: "Put it away", load: async () => (await nodesCanvas()).canvasHide },
            navigate: {
              summary: "Show another page",
              load: async () => (await nodesCanvas()).canvasNavigate,
            },
            eval: {
              summary: "Run JavaScript in it",
              load: async () => (await nodesCanvas()).canvasEval,
            },
            snapshot: {
              summary: "Take a picture of it",
              load: async () => (await nodesCanvas()).canvasSnapshot,
            },
            a2ui: {
              summary: "Forms and lists in it",
              children: {
                push: {
                  summary: "Show those of a file",
                  load: async () => (await nodesCanvas()).canvasPush,
                },
                reset: {
                  summary: "Empty it",
                  load: async () => (await nodesCanvas()).canvasReset,
                },
              },
            },
          },
        },
        location: {
          summary: "Where it is",
          children: {
            get: {
              summary: "Ask it now",
              load: async () => (await import("./commands/nodes-person.ts")).locationGet,
            },
          },
        },
        notify: {
          summary: "Show who has it a message",
          load: async () => (await import("./commands/nodes-person.ts")).notify,
        },
      },
    },
    approvals: {
      summary: "Commands that agents want to run: what waits, and what runs unasked",
      load: async () => (await import("./commands/approvals-list.ts")).approvalsList,
      children: {
        list: {
          summary: "What waits for an answer",
          load: async () => (await import("./commands/approvals-list.ts")).approvalsList,
        },
        show: {
          summary: "All of one command that waits",
          load: async () => (await import("./commands/approvals-show.ts")).approvalsShow,
        },
        approve: {
          summary: "Let a command run",
          load: async () => (await import("./commands/approvals-approve.ts")).approvalsApprove,
        },
        deny: {
          summary: "Say no to a command",
          load: async () => (await import("./commands/approvals-deny.ts")).approvalsDeny,
        },
        get: {
          summary: "Print the policy for commands",
          load: async () => (await import("./commands/approvals-get.ts")).approvalsGet,
        },
        set: {
          summary: "Replace the policy for commands",
          load: async () => (await import("./commands/approvals-set.ts")).approvalsSet,
        },
        allowlist: {
          summary: "Programs that run without a question",
          load: async () =>
            (await import("./commands/approvals-allowlist-list.ts")).approvalsAllowlistList,
          children: {
            list: {
              summary: "What runs unasked",
              load: async () =>
                (await import("./commands/approvals-allowlist-list.ts")).approvalsAllowlistList,
            },
            add: {
              summary: "Let a program run unasked",
              load: async () =>
                (await import("./commands/approvals-allowlist-add.ts")).approvalsAllowlistAdd,
            },
            remove: {
              summary: "Ask about a program again",
              load: async () =>
                (await import("./commands/approvals-allowlist-remove.ts")).approvalsAllowlistRemove,
            },
          },
        },
        policy: {
          summary: "When somebody is asked, and what may run at most",
          load: async () =>
            (await import("./commands/approvals-policy-show.ts")).approvalsPolicyShow,
          children: {
            show: {
              summary: "What the policy says",
              load: async () =>
                (await import("./commands/approvals-policy-show.ts")).approvalsPolicyShow,
            },
            set: {
              summary: "Change a part of it",
              load: async () =>
                (await import("./commands/approvals-policy-set.ts")).approvalsPolicySet,
            },
            preset: {
              summary: "Take one of four that fit together",
              load: async () =>
                (await import("./commands/approvals-policy-preset.ts")).approvalsPolicyPreset,
            },
          },
        },
      },
    },
    qr: {
      summary: "Let one phone in by a code it scans",
      load: async () => (await import("./commands/qr.ts")).qr,
    },
    agents: {
      summary: "The agents of this gateway: list, add, change and delete them",
      load: async () => (await import("./commands/agents-list.ts")).agentsList,
      derives: true,
      children: {
        list: {
          summary: "List the agents, their models and folders",
          load: async () => (await import("./commands/agents-list.ts")).agentsList,
        },
        add: {
          summary: "Add an agent with a folder, sessions and memory of its own",
          load: async () => (await import("./commands/agents-add.ts")).agentsAdd,
        },
        bindings: {
          summary: "Which agent answers where",
          load: async () => (await import("./commands/agents-bindings.ts")).agentsBindings,
        },
        bind: {
          summary: "Let an agent answer on a channel or an account",
          load: async () => (await import("./commands/agents-bindings.ts")).agentsBind,
        },
        unbind: {
          summary: "Let the default agent answer there again",
          load: async () => (await import("./commands/agents-bindings.ts")).agentsUnbind,
        },
        delete: {
          summary: "Delete an agent; its sessions are archived",
          load: async () => (await import("./commands/agents-delete.ts")).agentsDelete,
        },
        "set-identity": {
          summary: "Say how an agent presents itself",
          load: async () => (await import("./commands/agents-set-identity.ts")).agentsSetIdentity,
        },
      },
    },
    sessions: {
      summary: "Conversations: list, search, change, export and tidy them",
      load: async () => (await import("./commands/sessions.ts")).sessions,
      derives: true,
      children: {
        list: {
          summary: "List sessions, newest first",
          load: async () => (await import("./commands/sessions.ts")).sessions,
        },
        show: {
          summary: "Show one session and its newest words",
          load: async () => (await import("./commands/sessions-show.ts")).sessionsShow,
        },
        search: {
          summary: "Find what was said",
          load: async () => (await import("./commands/sessions-search.ts")).sessionsSearch,
        },
        reset: {
          summary: "Begin a session afresh",
          load: async () => (await import("./commands/sessions-reset.ts")).sessionsReset,
        },
        unlock: {
          summary: "Give up on a turn that is stuck",
          load: async () => (await import("./commands/sessions-unlock.ts")).sessionsUnlock,
        },
        compact: {
          summary: "Tell what is old in a summary",
          load: async () => (await import("./commands/sessions-compact.ts")).sessionsCompact,
        },
        patch: {
          summary: "Give a session a label, a model, a thinking level, …",
          load: async () => (await import("./commands/sessions-patch.ts")).sessionsPatch,
        },
        delete: {
          summary: "Take a session out of the list",
          load: async () => (await import("./commands/sessions-delete.ts")).sessionsDelete,
        },
        export: {
          summary: "Write a transcript to a file",
          load: async () => (await import("./commands/sessions-export.ts")).sessionsExport,
        },
        import: {
          summary: "Make a session of a transcript",
          load: async () => (await import("./commands/sessions-import.ts")).sessionsImport,
        },
        cleanup: {
          summary: "Tidy up by age, number and size",
          load: async () => (await import("./commands/sessions-cleanup.ts")).sessionsCleanup,
        },
        repair: {
          summary: "Put aside what cannot be read",
          load: async () => (await import("./commands/sessions-repair.ts")).sessionsRepair,
        },
      },
    },
    task: {
      summary: "What agents do by the clock: reminders, reports, chores",
      load: async () => (await task()).taskList,
      children: taskCommands,
    },
    cron: {
      summary: "Older name of the task commands",
      children: taskCommands,
      hidden: true,
    },
    system: {
      summary: "Events, periodic wake-ups and who is connected",
      children: {
        event: {
          summary: "Tell the main session of something that happened",
          load: async () => (await system()).systemEvent,
        },
        heartbeat: {
          summary: "Periodic wake-ups of agents",
          load: async () => (await system()).heartbeatLast,
          children: {
            last: {
              summary: "What came of the last one",
              load: async () => (await system()).heartbeatLast,
            },
            enable: {
              summary: "Wake agents again",
              load: async () => (await system()).heartbeatEnable,
            },
            disable: {
              summary: "Wake no agent",
              load: async () => (await system()).heartbeatDisable,
            },
          },
        },
        presence: {
          summary: "Who is connected",
          load: async () => (await system()).systemPresence,
        },
      },
    },
    mcp: {
      summary: "MCP servers, whose tools agents may use",
      load: async () => (await import("./commands/mcp.ts")).mcpList,
      children: {
        list: {
          summary: "Which servers there are, and how they are",
          load: async () => (await import("./commands/mcp.ts")).mcpList,
        },
        tools: {
          summary: "The tools they give",
          load: async () => (await import("./commands/mcp.ts")).mcpTools,
        },
        test: {
          summary: "Start a server if it does not run, and see whether it answers",
          load: async () => (await import("./commands/mcp.ts")).mcpTest,
        },
        add: {
          summary: "Add a server: a program or an address",
          load: async () => (await import("./commands/mcp-add.ts")).mcpAdd,
        },
        remove: {
          summary: "Remove a server",
          load: async () => (await import("./commands/mcp-add.ts")).mcpRemove,
        },
      },
    },
    services: {
      summary: "Services outside that agents may use, such as GitHub",
      load: async () => (await import("./commands/services.ts")).servicesList,
      children: {
        list: {
          summary: "Which services there are, and which agents have them",
          load: async () => (await import("./commands/services.ts")).servicesList,
        },
        test: {
          summary: "Ask a service whether it takes the credential",
          load: async () => (await import("./commands/services.ts")).servicesTest,
        },
        add: {
          summary: "Set a service up, or give it another credential",
          load: async () => (await import("./commands/services-add.ts")).servicesAdd,
        },
        remove: {
          summary: "Take a service out of the config",
          load: async () => (await import("./commands/services-change.ts")).servicesRemove,
        },
        grant: {
          summary: "Give an agent a service",
          load: async () => (await import("./commands/services-change.ts")).servicesGrant,
        },
        revoke: {
          summary: "Take a service from an agent",
          load: async () => (await import("./commands/services-change.ts")).servicesRevoke,
        },
      },
    },
    webhooks: {
      summary: "Calls from outside that start work",
      children: {
        gmail: {
          summary: "New mail in Gmail starts work",
          children: {
            setup: {
              summary: "Watch a mailbox",
              load: async () => (await import("./commands/webhooks-gmail.ts")).gmailSetup,
            },
            run: {
              summary: "Read what is new now, again and again",
              load: async () => (await import("./commands/webhooks-gmail.ts")).gmailRun,
            },
          },
        },
      },
    },
    sandbox: {
      summary: "Containers that commands of agents run in",
      children: {
        list: {
          summary: "Which containers there are",
          load: async () => (await import("./commands/sandbox.ts")).sandboxList,
        },
        explain: {
          summary: "Where a session's commands run, and why",
          load: async () => (await import("./commands/sandbox.ts")).sandboxExplain,
        },
        recreate: {
          summary: "Remove containers, to be made anew",
          load: async () => (await import("./commands/sandbox.ts")).sandboxRecreate,
        },
      },
    },
    usage: {
      summary: "What models were used for, and what it cost",
      load: async () => (await import("./commands/usage.ts")).usage,
      derives: true,
    },
    models: {
      summary: "Which models are there, and which are connected",
      derives: true,
      children: {
        list: {
          summary: "List the models that can answer",
          load: async () => (await import("./commands/models-list.ts")).modelsList,
        },
        status: {
          summary: "Where each provider stands, and how to connect it",
          load: async () => (await import("./commands/models-status.ts")).modelsStatus,
        },
        set: {
          summary: "Choose the model that answers",
          load: async () => (await import("./commands/models-set.ts")).modelsSet,
        },
        "set-image": {
          summary: "Choose the model that looks at pictures",
          load: async () => (await import("./commands/models-set.ts")).modelsSetImage,
        },
        aliases: {
          summary: "Short names for models",
          children: {
            list: {
              summary: "The short names and what they stand for",
              load: async () => (await import("./commands/models-aliases.ts")).aliasesList,
            },
            add: {
              summary: "Give a model a short name",
              load: async () => (await import("./commands/models-aliases.ts")).aliasesAdd,
            },
            remove: {
              summary: "Take a short name back",
              load: async () => (await import("./commands/models-aliases.ts")).aliasesRemove,
            },
          },
        },
        fallbacks: {
          summary: "Models to try when the one that answers fails",
          children: fallbackCommands("fallbacks"),
        },
        "image-fallbacks": {
          summary: "Models to try when the one for pictures fails",
          children: fallbackCommands("imageFallbacks"),
        },
        connect: {
          summary: "Find a model server of your own and use its models",
          load: async () => (await import("./commands/models-connect.ts")).modelsConnect,
        },
        probe: {
          summary: "See that models answer",
          load: async () => (await import("./commands/models-probe.ts")).modelsProbe,
        },
        auth: {
          summary: "Sign in at model providers, and keep several keys of one",
          load: async () => (await import("./commands/models-auth-list.ts")).modelsAuthList,
          children: {
            list: {
              summary: "The sign-ins that are kept, and how they do",
              load: async () => (await import("./commands/models-auth-list.ts")).modelsAuthList,
            },
            add: {
              summary: "Keep a key",
              load: async () => (await import("./commands/models-auth-add.ts")).modelsAuthAdd,
            },
            "paste-token": {
              summary: "Keep a token",
              load: async () =>
                (await import("./commands/models-auth-add.ts")).modelsAuthPasteToken,
            },
            "setup-token": {
              summary: "Keep a token of a Claude subscription",
              load: async () =>
                (await import("./commands/models-auth-add.ts")).modelsAuthSetupToken,
            },
            login: {
              summary: "Sign in by browser or code",
              load: async () => (await import("./commands/models-auth-login.ts")).modelsAuthLogin,
            },
            "login-github-copilot": {
              summary: "Sign in at GitHub Copilot",
              load: async () =>
                (await import("./commands/models-auth-login.ts")).modelsAuthLoginCopilot,
            },
            remove: {
              summary: "Forget a sign-in",
              load: async () => (await import("./commands/models-auth-remove.ts")).modelsAuthRemove,
            },
            order: {
              summary: "Which is tried first",
              children: {
                get: {
                  summary: "The order as it is",
                  load: async () => (await import("./commands/models-auth-order.ts")).orderGet,
                },
                set: {
                  summary: "Set the order, and which are used",
                  load: async () => (await import("./commands/models-auth-order.ts")).orderSet,
                },
                clear: {
                  summary: "Back to the usual order",
                  load: async () => (await import("./commands/models-auth-order.ts")).orderClear,
                },
              },
            },
          },
        },
        scan: {
          summary: "Find free models on OpenRouter and try them",
          load: async () => (await import("./commands/models-scan.ts")).modelsScan,
        },
      },
    },
    memory: {
      summary: "What agents remember: search it, and see how it is indexed",
      derives: true,
      children: {
        status: {
          summary: "What the index of each agent holds",
          load: async () => (await import("./commands/memory-status.ts")).memoryStatus,
        },
        search: {
          summary: "Search what an agent remembers",
          load: async () => (await import("./commands/memory-search.ts")).memorySearch,
        },
        index: {
          summary: "Bring the index up to date now",
          load: async () => (await import("./commands/memory-index.ts")).memoryIndex,
        },
      },
    },
    tools: {
      summary: "What agents may use, and what hides the rest",
      load: async () => (await import("./commands/tools-list.ts")).toolsList,
      derives: true,
      children: {
        list: {
          summary: "List the tools a session may use",
          load: async () => (await import("./commands/tools-list.ts")).toolsList,
        },
        explain: {
          summary: "Say whether a session may use one tool, and what decides that",
          load: async () => (await import("./commands/tools-explain.ts")).toolsExplain,
        },
      },
    },
    skills: {
      summary: "Instructions and scripts that agents load when they need them",
      load: async () => (await import("./commands/skills-list.ts")).skillsList,
      derives: true,
      children: {
        list: {
          summary: "What agents can load, and what it costs",
          load: async () => (await import("./commands/skills-list.ts")).skillsList,
        },
        info: {
          summary: "What one skill asks for and lacks",
          load: async () => (await import("./commands/skills-list.ts")).skillsInfo,
        },
        check: {
          summary: "Whether every skill can be read and used",
          load: async () => (await import("./commands/skills-list.ts")).skillsCheck,
        },
        install: {
          summary: "Install one from a folder, an archive or npm",
          load: async () => (await import("./commands/skills-install.ts")).skillsInstall,
        },
        update: {
          summary: "Fetch newer versions of those from npm",
          load: async () => (await import("./commands/skills-install.ts")).skillsUpdate,
        },
        setup: {
          summary: "Install the programs that one needs",
          load: async () => (await import("./commands/skills-change.ts")).skillsSetup,
        },
        enable: {
          summary: "Switch one on",
          load: async () => (await import("./commands/skills-change.ts")).skillsEnable,
        },
        disable: {
          summary: "Switch one off",
          load: async () => (await import("./commands/skills-change.ts")).skillsDisable,
        },
        create: {
          summary: "Begin one of your own",
          load: async () => (await import("./commands/skills-change.ts")).skillsCreate,
        },
        remove: {
          summary: "Remove one of your own",
          load: async () => (await import("./commands/skills-change.ts")).skillsRemove,
        },
      },
    },
    config: {
      summary: "Read, change and check the settings",
      load: configure,
      derives: true,
      children: {
        get: {
          summary: "Show one setting, or all of them",
          load: async () => (await import("./commands/config-get.ts")).configGet,
        },
        set: {
          summary: "Change one setting",
          load: async () => (await import("./commands/config-set.ts")).configSet,
        },
        unset: {
          summary: "Remove one setting, so that its default applies",
          load: async () => (await import("./commands/config-unset.ts")).configUnset,
        },
        patch: {
          summary: "Change several settings at once",
          load: async () => (await import("./commands/config-patch.ts")).configPatch,
        },
        diff: {
          summary: "Show what changed, or what the gateway has not taken up",
          load: async () => (await import("./commands/config-diff.ts")).configDiff,
        },
        undo: {
          summary: "Put an earlier version of the file back",
          load: async () => (await import("./commands/config-undo.ts")).configUndo,
        },
        file: {
          summary: "Print where the config file is",
          load: async () => (await import("./commands/config-file.ts")).configFile,
        },
        schema: {
          summary: "Print the settings as JSON Schema",
          load: async () => (await import("./commands/config-schema.ts")).configSchema,
        },
        validate: {
          summary: "Check the config file",
          load: async () => (await import("./commands/config-validate.ts")).configValidate,
        },
      },
    },
    secrets: {
      summary: "Keep secrets out of the config: find, move and fetch them",
      derives: true,
      children: {
        audit: {
          summary: "Find secrets that lie in the open, and references that lead nowhere",
          load: async () => (await import("./commands/secrets-audit.ts")).secretsAudit,
        },
        configure: {
          summary: "Say where each secret is to be kept, and move it there",
          load: async () => (await import("./commands/secrets-configure.ts")).secretsConfigure,
        },
        apply: {
          summary: "Move secrets as a plan says",
          load: async () => (await import("./commands/secrets-apply.ts")).secretsApply,
        },
        set: {
          summary: "Keep one secret without it ever standing in the config",
          load: async () => (await import("./commands/secrets-set.ts")).secretsSet,
        },
      },
    },
    security: {
      summary: "Find what makes this instance easier to attack",
      children: {
        audit: {
          summary: "Look for open files, weak secrets and safeguards that are off",
          load: async () => (await import("./commands/security-audit.ts")).securityAudit,
        },
      },
    },
    update: {
      summary: "Install the newest version, or say what it would be",
      load: async () => (await import("./commands/update.ts")).update,
      children: {
        status: {
          summary: "Which version is here, which runs, which is offered",
          load: async () => (await import("./commands/update-status.ts")).updateStatus,
        },
      },
    },
    backup: {
      summary: "Keep a copy of everything, and put it back",
      children: {
        create: {
          summary: "Write one archive of this instance",
          load: async () => (await import("./commands/backup-create.ts")).backupCreate,
        },
        verify: {
          summary: "Is an archive whole",
          load: async () => (await import("./commands/backup-verify.ts")).backupVerify,
        },
        restore: {
          summary: "Put an archive in place of what is here",
          load: async () => (await import("./commands/backup-restore.ts")).backupRestore,
        },
      },
    },
    reset: {
      summary: "Start afresh: move settings, or everything, to the trash",
      load: async () => (await import("./commands/reset.ts")).reset,
    },
    uninstall: {
      summary: "Remove the service, the data or the program",
      load: async () => (await import("./commands/uninstall.ts")).uninstall,
    },
    completion: {
      summary: "Print a completion script for your shell",
      load: async () => (await import("./commands/completion.ts")).completion,
    },
    man: {
      summary: "Print the manual page",
      load: async () => (await import("./commands/man.ts")).man,
    },
    complete: {
      summary: "Answer the completion script",
      load: async () => (await import("./commands/complete.ts")).complete,
      hidden: true,
    },
  },
}
