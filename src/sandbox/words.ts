import type { Docker } from "./docker.ts"
import type { Sandbox } from "./service.ts"

/** Notes which process it is, so that it can be ended; each run in a container leads its own session. */
const launcher = '{ echo $$ > "$0"; } 2>/dev/null; exec sh -lc "$1"'
const ender = 'p=$(cat "$0") && { kill -s "$1" -- "-$p" || kill -s "$1" "$p"; } 2>/dev/null'

const note = (id: string) => `/tmp/.fased-${id}`

/** The words of `docker exec` for a run. */
export const execWords = (
  program: string,
  container: string,
  { id, command, cwd, env, pty, stdin }: Parameters<Sandbox["words"]>[0],
): string[] => [
  program,
  "exec",
  ...(stdin || pty ? ["--interactive"] : []),
  ...(pty ? ["--tty"] : []),
  "--workdir",
  cwd,
  ...Object.entries({ FASED_SHELL: "exec", ...env }).flatMap(([name, value]) => [
    "--env",
    `${name}=${value}`,
  ]),
  container,
  "sh",
  "-c",
  launcher,
  note(id),
  command,
]

export const endRun = async (
  docker: Docker,
  container: string,
  id: string,
  signal: "TERM" | "KILL",
) => {
  await docker.run(["exec", container, "sh", "-c", ender, note(id), signal], 5000)
}
