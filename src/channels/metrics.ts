import { gauge } from "../kernel/metric.ts"
import { Accounts, type AccountStatus } from "./accounts.ts"

const perAccount = (name: string, help: string, value: (status: AccountStatus) => number) =>
  gauge({
    name,
    help,
    labels: ["channel", "account"],
    needs: { accounts: Accounts },
    read: ({ accounts }) =>
      accounts
        .list()
        .map((status) => ({ labels: [status.channel, status.account], value: value(status) })),
  })

export const metrics = [
  gauge({
    name: "fased_channel_account_state",
    help: "Accounts of chat networks: 1 for the state each is in.",
    labels: ["channel", "account", "state"],
    needs: { accounts: Accounts },
    read: ({ accounts }) =>
      accounts
        .list()
        .map(({ channel, account, state }) => ({ labels: [channel, account, state], value: 1 })),
  }),
  perAccount(
    "fased_channel_connected",
    "Whether an account is connected and shows signs of life.",
    ({ state, silent }) => (state === "connected" && !silent ? 1 : 0),
  ),
  perAccount(
    "fased_channel_restarts",
    "Times an account was connected anew since it was started.",
    ({ restarts }) => restarts,
  ),
  perAccount(
    "fased_channel_arrivals_waiting",
    "Messages that arrived at an account and are not kept yet.",
    ({ waiting }) => waiting,
  ),
]
