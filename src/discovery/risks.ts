import { risk } from "../kernel/risk.ts"
import { discovery } from "./config.ts"

export const mdnsFull = risk({
  id: "discovery.mdns_full_mode",
  title: "The local network is told more than it needs",
  needs: { discovery },
  detect: ({ discovery }) =>
    discovery.mdns.mode === "full"
      ? {
          severity: "warn",
          detail:
            "discovery.mdns.mode is full: everyone in the network reads this machine's SSH port and where its fased lies.",
          remediation: "fased config set discovery.mdns.mode minimal",
        }
      : null,
})
