import { describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { resolvePaths } from "../../src/config/paths.ts"
import { makePlan, type PlanOptions } from "../../src/service/plan.ts"
import { readUnit, renderUnit, settingsOf, unitAuthor } from "../../src/service/systemd-unit.ts"
import { programPath, testWith } from "../support/programs.ts"

const home = "/home/ada"
const plan = (options: Partial<PlanOptions> = {}) =>
  makePlan({
    paths: resolvePaths({ HOME: home }),
    home,
    launcher: "/bin/true",
    version: "1.2.3",
    platform: "linux",
    ...options,
  })
const settings = (text: string) =>
  settingsOf(text).map(({ section, name, value }) => `${section}.${name}=${value}`)

test("a unit starts the gateway after the network, brings it back, and reads its secrets elsewhere", () => {
  const lines = settings(renderUnit(plan()))
  for (const line of [
    "Unit.After=network-online.target",
    "Unit.Wants=network-online.target",
    "Service.Type=notify",
    "Service.NotifyAccess=main",
    "Service.ExecStart=/bin/true gateway run",
    "Service.EnvironmentFile=-/home/ada/.fased/service.env",
    "Service.Restart=always",
    "Service.RestartSec=5",
    "Service.WatchdogSec=60",
    "Service.KillMode=mixed",
    "Service.NoNewPrivileges=yes",
    "Install.WantedBy=default.target",
    "Install.Alias=fased-gateway.service",
  ])
    expect(lines).toContain(line)
})

test("a profile has names of its own, and keeps its port when that was said by hand", () => {
  const paths = resolvePaths({ HOME: home, FASED_PROFILE: "work" })
  const text = renderUnit(plan({ paths, port: 18_809 }))
  expect(settings(text)).toContain("Unit.Description=Fased Gateway (profile: work, v1.2.3)")
  expect(settings(text)).toContain("Install.Alias=fased-gateway-work.service")
  expect(readUnit(text)).toMatchObject({
    command: ["/bin/true", "gateway", "run", "--port", "18809"],
    environment: { FASED_PROFILE: "work", FASED_STATE_DIR: "/home/ada/.fased-work" },
  })
})

test("a service of the machine runs as its user and gives up every right it can do without", () => {
  const text = renderUnit(plan({ user: "ada" }))
  expect(readUnit(text).user).toBe("ada")
  expect(settings(text)).toContain("Service.CapabilityBoundingSet=")
  expect(settings(text)).toContain("Service.ProtectSystem=full")
  expect(settings(text)).toContain("Install.WantedBy=multi-user.target")
})

test("N241: variables that make the runtime run other code are taken from every unit", () => {
  const [line] = settings(renderUnit(plan())).filter((one) => one.includes("UnsetEnvironment="))
  for (const name of ["BUN_OPTIONS", "BUN_BE_BUN", "NODE_OPTIONS", "LD_PRELOAD", "LD_LIBRARY_PATH"])
    expect(line?.split(/[= ]/)).toContain(name)
})

test("a unit tells whether fased wrote it, somebody changed it, or fased never saw it", () => {
  const text = renderUnit(plan())
  expect(unitAuthor(text)).toBe("fased")
  expect(unitAuthor(text.replace("RestartSec=5", "RestartSec=1"))).toBe("edited")
  expect(unitAuthor("[Service]\nExecStart=/bin/true\n")).toBe("foreign")
  expect(readUnit(text).extras).toEqual([])
  expect(readUnit(`${text}\n[Service]\nNice=5\n`).extras).toEqual(["Service.Nice"])
})

describe("N190: what is in a path stays in that path", () => {
  const mean = fc.stringMatching(/^[ -~é°]{0,30}$/).filter((text) => !text.endsWith("\\"))

  test("every launcher and folder is read back as it was written, and adds no setting", () => {
    const plain = settingsOf(renderUnit(plan())).map(({ name }) => name)
    fc.assert(
      fc.property(mean, mean, (first, second) => {
        const paths = {
          ...resolvePaths({ HOME: home }),
          state: `/s${first}x`,
          config: `/c${second}x`,
        }
        const text = renderUnit(plan({ paths, launcher: `/opt/${first}x` }))
        const facts = readUnit(text)
        expect(facts.command[0]).toBe(`/opt/${first}x`)
        expect(facts.environment.FASED_STATE_DIR).toBe(paths.state)
        expect(facts.environment.FASED_CONFIG_PATH).toBe(paths.config)
        expect(settingsOf(text).map(({ name }) => name)).toEqual(plain)
      }),
    )
  })

  test.each(["a\nExecStartPost=/evil", "a\rb", "a\u0000b", "a\u007fb", "ends in \\"])(
    "%j cannot be written at all",
    (text) => {
      const paths = { ...resolvePaths({ HOME: home }), state: `/${text}` }
      expect(() => plan({ paths })).toThrow("no service file can hold")
      expect(() => plan({ launcher: `/opt/${text}` })).toThrow("no service file can hold")
    },
  )
})

describe("systemd itself", () => {
  const analyze = async (verb: string[], user?: string) => {
    const folder = mkdtempSync(join(tmpdir(), "fased-unit-"))
    try {
      const path = join(folder, "ai.fased.gateway.service")
      const odd = { ...resolvePaths({ HOME: folder }), state: `${folder}/a "b" 100% $HOME` }
      writeFileSync(path, renderUnit(plan({ paths: odd, home: folder, user })))
      const child = Bun.spawn([programPath("systemd-analyze"), ...verb, path], {
        env: { PATH: "/usr/bin:/bin", XDG_RUNTIME_DIR: folder, HOME: folder },
        stdout: "pipe",
        stderr: "pipe",
      })
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ])
      return { code, out, err }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  testWith("systemd-analyze")(
    "finds nothing wrong with a user's unit or the machine's",
    async () => {
      expect(await analyze(["verify", "--user", "--man=no"])).toEqual({ code: 0, out: "", err: "" })
      expect(await analyze(["verify", "--man=no"], "nobody")).toMatchObject({ code: 0 })
    },
  )

  testWith("systemd-analyze")("rates the machine's unit as little exposed", async () => {
    const { out } = await analyze(["security", "--offline=yes", "--no-pager"], "nobody")
    const level = Number(/Overall exposure level .*: ([\d.]+)/.exec(out)?.[1])
    expect(level).toBeLessThan(4)
  })
})
