import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freshCertificate, writePair } from "./certificates.ts"
import { programPath } from "./programs.ts"

export interface ReverseProxy extends AsyncDisposable {
  port: number
  /** `https://127.0.0.1:<port>/` */
  url: string
  /** `wss://127.0.0.1:<port>/` */
  wsUrl: string
  fingerprint: string
}

/**
 * The header in which a test says from which address it calls the proxy: a proxy in front of the
 * proxy, so to speak, since on this machine everybody calls from 127.0.0.1.
 */
export const callingFrom = "x-test-client"

interface Setting {
  port: number
  gatewayPort: number
}

/** As the manuals have it: TLS ends here, upgrades pass, the client's address is added. */
const nginxConfig = ({ port, gatewayPort }: Setting) => `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 128; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate cert.pem;
    ssl_certificate_key key.pem;
    set_real_ip_from 127.0.0.1;
    real_ip_header ${callingFrom};
    location / {
      proxy_pass http://127.0.0.1:${gatewayPort};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`

const haproxyConfig = ({ port, gatewayPort }: Setting) => `
global
  maxconn 128
defaults
  mode http
  option forwardfor
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout tunnel 1h
frontend outside
  bind 127.0.0.1:${port} ssl crt both.pem
  http-request set-src req.hdr(${callingFrom}) if { req.hdr(${callingFrom}) -m found }
  default_backend gateway
backend gateway
  server gateway 127.0.0.1:${gatewayPort}
`

const programs = {
  nginx: { config: nginxConfig, args: ["-p", ".", "-e", "stderr", "-c"] },
  haproxy: { config: haproxyConfig, args: ["-db", "-f"] },
}
export type ProxyName = keyof typeof programs

/** The real program in front of a gateway, with a certificate of its own. */
export const startProxy = async (name: ProxyName, gatewayPort: number): Promise<ReverseProxy> => {
  const folder = mkdtempSync(join(tmpdir(), `fased-${name}-`))
  const { pem, fingerprint } = await freshCertificate()
  writePair(folder, pem)
  writeFileSync(join(folder, "both.pem"), pem)
  chmodSync(join(folder, "both.pem"), 0o600)
  const port = await freePort()
  const { config, args } = programs[name]
  writeFileSync(join(folder, "proxy.conf"), config({ port, gatewayPort }))
  const child = Bun.spawn([programPath(name), ...args, join(folder, "proxy.conf")], {
    cwd: folder,
    stdout: "ignore",
    stderr: "pipe",
  })
  const dispose = async () => {
    child.kill("SIGKILL")
    await child.exited
    rmSync(folder, { recursive: true, force: true })
  }
  const died = child.exited.then(async (code) => {
    throw new Error(`${name} ended (${code}): ${await new Response(child.stderr).text()}`)
  })
  try {
    await Promise.race([listening(port), died])
  } catch (error) {
    await dispose()
    throw error
  }
  died.catch(() => {})
  return {
    port,
    url: `https://127.0.0.1:${port}/`,
    wsUrl: `wss://127.0.0.1:${port}/`,
    fingerprint,
    [Symbol.asyncDispose]: dispose,
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** Resolves once something takes connections; neither program says when it does. */
const listening = async (port: number) => {
  const knock = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => (socket.destroy(), resolve(true)))
      socket.on("error", () => resolve(false))
    })
  while (!(await knock())) await Bun.sleep(10)
}
