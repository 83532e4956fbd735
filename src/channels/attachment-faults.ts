import { fault } from "../kernel/fault.ts"

export const fileTooBig = fault<{ mostBytes: number }>("channels.file-too-big", {
  status: 413,
  message: ({ mostBytes }) => `The file is larger than ${Math.floor(mostBytes / 1e6)} MB.`,
  hint: () => "Send a smaller one, or raise mediaMaxMb of the channel.",
})
