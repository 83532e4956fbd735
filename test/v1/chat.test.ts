import { chatByOpenAi } from "./clients/chat-openai.ts"
import { inProcess } from "./clients/host.ts"

chatByOpenAi(inProcess)
