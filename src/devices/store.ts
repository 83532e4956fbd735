import { randomUUID } from "node:crypto"
import { service } from "../kernel/service.ts"
import type { Database, Migration } from "../store/database.ts"

/** A device that was let in, for one role. */
export interface Device {
  deviceId: string
  role: "operator" | "node"
  publicKey: string
  /** What it may ask for; the server's record, never the client's word. */
  scopes: string[]
  /** Pinned when it was paired; a change needs pairing anew. */
  platform: string
  deviceFamily: string
  /** Moves on when its token is rotated. */
  generation: number
  issuedAt: number
  lastSeenAt: number
}

/** A device that asks to be let in. */
export interface PairRequest {
  requestId: string
  deviceId: string
  role: "operator" | "node"
  publicKey: string
  scopes: string[]
  platform: string
  deviceFamily: string
  displayName?: string
  clientId: string
  clientMode: string
  remoteIp?: string
  createdAt: number
}

export interface DeviceStore {
  get(deviceId: string, role: string): Promise<Device | null>
  save(device: Device): Promise<void>
  seen(deviceId: string, role: string, at: number): Promise<void>
  /**
   * The device's pending request, made or renewed; requests older than `since` are gone. Its id
   * stands for what is asked: whoever asks for something else gets another one, so that nobody
   * approves by id what they have not seen.
   */
  request(request: Omit<PairRequest, "requestId">, since: number): Promise<PairRequest>
  /** A random secret of this instance, made on first use. */
  secret(name: string, make: () => string): Promise<string>
}
export const Devices = service<DeviceStore>("devices")

export const migrations: Migration[] = [
  {
    id: "devices.1",
    sql: `
      CREATE TABLE devices (
        device_id TEXT NOT NULL,
        role TEXT NOT NULL,
        public_key TEXT NOT NULL,
        scopes TEXT NOT NULL,
        platform TEXT NOT NULL,
        device_family TEXT NOT NULL,
        generation INTEGER NOT NULL,
        issued_at INTEGER NOT NULL,
        last_seen_at INTEGER NOT NULL,
        PRIMARY KEY (device_id, role)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE device_requests (
        request_id TEXT PRIMARY KEY,
        device_id TEXT NOT NULL,
        role TEXT NOT NULL,
        request TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        UNIQUE (device_id, role)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE instance_secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  },
]

/** All of a request that its approval would grant. */
const asked = ({ publicKey, scopes, platform, deviceFamily }: Omit<PairRequest, "requestId">) =>
  JSON.stringify([publicKey, scopes.toSorted(), platform, deviceFamily])

type Row = Omit<Device, "scopes"> & { scopes: string }

export const createDeviceStore = (db: Database): DeviceStore => {
  const { sqlite } = db
  const find = sqlite.query<Row, [string, string]>(
    `SELECT device_id AS deviceId, role, public_key AS publicKey, scopes, platform,
     device_family AS deviceFamily, generation, issued_at AS issuedAt, last_seen_at AS lastSeenAt
     FROM devices WHERE device_id = ? AND role = ?`,
  )
  const save = sqlite.query(
    `INSERT OR REPLACE INTO devices VALUES ($deviceId, $role, $publicKey, $scopes, $platform,
     $deviceFamily, $generation, $issuedAt, $lastSeenAt)`,
  )
  const seen = sqlite.query(
    "UPDATE devices SET last_seen_at = $at WHERE device_id = $deviceId AND role = $role",
  )
  const findSecret = sqlite.query<{ value: string }, [string]>(
    "SELECT value FROM instance_secrets WHERE name = ?",
  )
  return {
    async get(deviceId, role) {
      const row = find.get(deviceId, role)
      return row && { ...row, scopes: JSON.parse(row.scopes) as string[] }
    },
    async save(device) {
      db.write(() => save.run({ ...device, scopes: JSON.stringify(device.scopes) }))
    },
    async seen(deviceId, role, at) {
      db.write(() => seen.run({ deviceId, role, at }))
    },
    async request(request, since) {
      return db.write(() => {
        sqlite.query("DELETE FROM device_requests WHERE created_at < ?").run(since)
        const pending = sqlite
          .query<{ request: string }, [string, string]>(
            "SELECT request FROM device_requests WHERE device_id = ? AND role = ?",
          )
          .get(request.deviceId, request.role)
        const known = pending && (JSON.parse(pending.request) as PairRequest)
        const same = known !== null && asked(known) === asked(request)
        const made = { ...request, requestId: same ? known.requestId : randomUUID() }
        sqlite
          .query("INSERT OR REPLACE INTO device_requests VALUES (?, ?, ?, ?, ?)")
          .run(made.requestId, made.deviceId, made.role, JSON.stringify(made), made.createdAt)
        return made
      })
    },
    async secret(name, make) {
      return db.write(() => {
        const known = findSecret.get(name)
        if (known) return known.value
        const value = make()
        sqlite.query("INSERT INTO instance_secrets VALUES (?, ?)").run(name, value)
        return value
      })
    },
  }
}
