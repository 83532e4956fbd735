import { chatByAiSdk } from "./clients/chat-ai-sdk.ts"
import { inProcess } from "./clients/host.ts"

chatByAiSdk(inProcess)
