import { expect, test } from "bun:test"
import { explainSsh, forwardArguments, parseSshTarget } from "../../src/client/ssh.ts"

test.each([
  ["vps", { host: "vps" }],
  ["ada@vps.example.net", { user: "ada", host: "vps.example.net" }],
  ["ada@10.0.0.7:2222", { user: "ada", host: "10.0.0.7", port: 2222 }],
  ["[fd00::1]:22", { host: "fd00::1", port: 22 }],
])("%s is a machine to reach", (text, target) => {
  expect(parseSshTarget(text)).toEqual(target)
})

test.each([
  "",
  "-oProxyCommand=sh",
  "ada@-oProxyCommand=sh",
  "-l@host",
  "a b",
  "host\n-oProxyCommand=x",
  "host;id",
  "$(id)",
  "`id`",
  "ada@host:0",
  "ada@host:70000",
  "ada@@host",
  "ssh://host",
  "ho\u0000st",
  `${"a".repeat(300)}`,
])("N192 %j is refused as a machine", (text) => {
  expect(() => parseSshTarget(text)).toThrow("no machine to reach by SSH")
})

test("N192 whatever the host is called, it comes after the options end", () => {
  const args = forwardArguments({
    target: { user: "ada", host: "vps", port: 2222 },
    localPort: 4000,
    remotePort: 18_789,
    identity: "/keys/-i",
    batch: true,
  })
  expect(args.slice(-2)).toEqual(["--", "vps"])
  expect(args.join(" ")).toContain("-L 127.0.0.1:4000:127.0.0.1:18789 -p 2222 -l ada -i /keys/-i")
  expect(args).toContain("BatchMode=yes")
})

test("what ssh says is put in words that help", () => {
  expect(explainSsh("Host key verification failed.")).toContain("connect once by hand")
  expect(explainSsh("ada@vps: Permission denied (publickey).")).toContain("--ssh-identity")
  expect(explainSsh("ssh: connect to host vps port 22: Connection refused")).toContain("port")
})
