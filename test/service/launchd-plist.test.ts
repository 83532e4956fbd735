import { expect, test } from "bun:test"
import fc from "fast-check"
import { resolvePaths } from "../../src/config/paths.ts"
import { plistAuthor, readPlist, renderPlist } from "../../src/service/launchd-plist.ts"
import { makePlan, type PlanOptions } from "../../src/service/plan.ts"
import { programPath, testWith } from "../support/programs.ts"

const home = "/Users/ada"
const plan = (options: Partial<PlanOptions> = {}) =>
  makePlan({
    paths: resolvePaths({ HOME: home }),
    home,
    launcher: "/usr/local/bin/fased",
    version: "1.2.3",
    platform: "darwin",
    ...options,
  })

/** As Apple's format is read by somebody else's code. */
const parsed = (text: string) => {
  const script = "import plistlib,sys,json;json.dump(plistlib.load(sys.stdin.buffer),sys.stdout)"
  const child = Bun.spawnSync([programPath("python3"), "-c", script], { stdin: Buffer.from(text) })
  if (child.exitCode !== 0) throw new Error(`${child.stderr}`)
  return JSON.parse(`${child.stdout}`) as Record<string, unknown>
}

testWith("python3")("Python's plistlib reads the agent as it was meant", () => {
  expect(parsed(renderPlist(plan({ port: 18_800 })))).toEqual({
    Label: "ai.fased.gateway",
    ProgramArguments: ["/usr/local/bin/fased", "gateway", "run", "--port", "18800"],
    EnvironmentVariables: {
      HOME: home,
      PATH: "/Users/ada/.local/bin:/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
      FASED_STATE_DIR: "/Users/ada/.fased",
      FASED_CONFIG_PATH: "/Users/ada/.fased/fased.json",
      FASED_SERVICE_MARKER: "ai.fased.gateway",
      FASED_SERVICE_VERSION: "1.2.3",
    },
    WorkingDirectory: home,
    RunAtLoad: true,
    KeepAlive: true,
    ThrottleInterval: 5,
    ExitTimeOut: 30,
    ProcessType: "Interactive",
    Umask: 0o077,
    StandardOutPath: "/Users/ada/.fased/logs/service.out.log",
    StandardErrorPath: "/Users/ada/.fased/logs/service.err.log",
  })
})

testWith("python3")("N190: a path cannot close its element or add a key", () => {
  for (const mean of [
    "</string><key>Program</key><string>/evil",
    "]]><!--",
    `a & b < c > d "e" 'f' &amp; &#10;`,
    "%s $HOME \\x",
  ]) {
    const paths = { ...resolvePaths({ HOME: home }), state: `/tmp/${mean}` }
    const text = renderPlist(plan({ paths, launcher: `/opt/${mean}` }))
    const read = parsed(text)
    expect(Object.keys(read)).toEqual(Object.keys(parsed(renderPlist(plan()))))
    expect(read.EnvironmentVariables).toMatchObject({ FASED_STATE_DIR: paths.state })
    expect((read.ProgramArguments as string[])[0]).toBe(`/opt/${mean}`)
  }
})

test("N190: what is written is read back, whatever the path", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~é]{0,40}$/), (mean) => {
      const paths = { ...resolvePaths({ HOME: home }), state: `/${mean}x` }
      const facts = readPlist(renderPlist(plan({ paths, launcher: `/${mean}x` })))
      expect(facts.command[0]).toBe(`/${mean}x`)
      expect(facts.environment.FASED_STATE_DIR).toBe(paths.state)
      expect(facts.extras).toEqual([])
    }),
  )
})

test("an agent tells whether fased wrote it, somebody changed it, or fased never saw it", () => {
  const text = renderPlist(plan())
  expect(plistAuthor(text)).toBe("fased")
  expect(readPlist(text)).toMatchObject({ restarts: true, starts: true })
  const edited = text.replace("<key>KeepAlive</key>\n  <true/>", "<key>KeepAlive</key>\n  <false/>")
  expect(plistAuthor(edited)).toBe("edited")
  expect(readPlist(edited).restarts).toBe(false)
  const own = text.replace(
    "<key>Umask</key>",
    "<key>Nice</key><integer>5</integer><key>Umask</key>",
  )
  expect(readPlist(own).extras).toEqual(["Nice"])
  expect(plistAuthor("bplist00\u0000")).toBe("foreign")
  expect(readPlist("bplist00\u0000")).toMatchObject({ command: [], restarts: false })
})
