import { randomUUID } from "node:crypto"
import { service } from "../kernel/service.ts"
import type { Database } from "../store/database.ts"
import type { Device, PairRequest, SetupCode, Wish } from "./device.ts"
import { deviceColumns, toCode, toDevice, toRequest } from "./row.ts"
import type { CodeRow, DeviceRow, RequestRow } from "./row.ts"

export interface DeviceStore {
  get(deviceId: string, role: string): Promise<Device | null>
  /** Every role of every device. */
  list(): Promise<Device[]>
  save(device: Device): Promise<void>
  /**
   * Keeps a device nobody knew in any role. For one that is known by now: its record for this role,
   * or null.
   */
  introduce(device: Device): Promise<Device | null>
  /** Changes a record in one step; null when there is none. */
  update(deviceId: string, role: string, change: (known: Device) => Device): Promise<Device | null>
  seen(deviceId: string, role: string, at: number): Promise<void>
  /** Forgets all of a device: its roles, what it asked for and the codes it made. */
  remove(deviceId: string): Promise<{ known: boolean; requests: PairRequest[] }>

  /**
   * The device's pending request, made or renewed. Its id stands for what is asked: whoever asks for
   * something else gets another one, so that nobody approves by id what they have not seen.
   */
  request(
    request: Omit<PairRequest, "requestId">,
  ): Promise<{ request: PairRequest; isNew: boolean; replaced?: PairRequest }>
  /** What waits for an answer, newest first. */
  requests(): Promise<PairRequest[]>
  /** Takes a request away, whatever the answer. */
  drop(requestId: string): Promise<PairRequest | null>
  /** Drops requests older than `since`, and all but the newest `most`. */
  expire(since: number, most: number): Promise<PairRequest[]>
  /** Turns a request into a record in one step; what `grant` throws leaves all as it was. */
  approve(
    requestId: string,
    grant: (request: PairRequest, known: Device | null) => Device,
  ): Promise<{ device: Device; request: PairRequest } | null>

  /** Keeps a code, and drops those that ended before `now`. */
  addCode(code: SetupCode, now: number): Promise<void>
  /** Uses a code up and keeps what `grant` makes of it, in one step; its null leaves the code as it was. */
  redeem(
    hash: string,
    device: { deviceId: string; role: string; at: number },
    grant: (code: SetupCode, known: Device | null) => Device | null,
  ): Promise<{ device: Device; request?: PairRequest } | null>
  /** Ends the codes a device made, or all. */
  endCodes(madeBy?: string): Promise<void>

  /** A random secret of this instance, made on first use. */
  secret(name: string, make: () => string): Promise<string>
}
export const Devices = service<DeviceStore>("devices")

/** All of a request that its approval would grant. */
const asked = ({ publicKey, scopes, platform, deviceFamily }: Wish) =>
  JSON.stringify([publicKey, scopes.toSorted(), platform, deviceFamily])

export const createDeviceStore = (db: Database): DeviceStore => {
  const { sqlite } = db
  const find = sqlite.query<DeviceRow, [string, string]>(
    `SELECT ${deviceColumns} FROM devices WHERE device_id = ? AND role = ?`,
  )
  const put = sqlite.query(
    `INSERT OR REPLACE INTO devices (device_id, role, public_key, scopes, platform, device_family,
     generation, issued_at, last_seen_at, display_name, client_id, client_mode, paired_at, revoked_at)
     VALUES ($deviceId, $role, $publicKey, $scopes, $platform, $deviceFamily, $generation, $issuedAt,
     $lastSeenAt, $displayName, $clientId, $clientMode, $pairedAt, $revokedAt)`,
  )
  const seen = sqlite.query(
    "UPDATE devices SET last_seen_at = $at WHERE device_id = $deviceId AND role = $role",
  )
  const findCode = sqlite.query<CodeRow, [string, number]>(
    `SELECT hash, role, scopes, made_by AS madeBy, expires_at AS expiresAt
     FROM setup_codes WHERE hash = ? AND expires_at > ?`,
  )
  const findSecret = sqlite.query<{ value: string }, [string]>(
    "SELECT value FROM instance_secrets WHERE name = ?",
  )
  const read = (deviceId: string, role: string) => {
    const row = find.get(deviceId, role)
    return row && toDevice(row)
  }
  const keep = ({ scopes, displayName, revokedAt, ...device }: Device) =>
    put.run({
      ...device,
      scopes: JSON.stringify(scopes),
      displayName: displayName ?? null,
      revokedAt: revokedAt ?? null,
    })
  const takeRequests = (where: string, ...values: (string | number)[]) =>
    sqlite
      .query<RequestRow, (string | number)[]>(
        `DELETE FROM device_requests WHERE ${where} RETURNING request`,
      )
      .all(...values)
      .map(toRequest)

  return {
    async get(deviceId, role) {
      return read(deviceId, role)
    },
    async list() {
      return sqlite
        .query<DeviceRow, []>(
          `SELECT ${deviceColumns} FROM devices ORDER BY paired_at, device_id, role`,
        )
        .all()
        .map(toDevice)
    },
    async save(device) {
      db.write(() => keep(device))
    },
    async introduce(device) {
      return db.write(() => {
        if (sqlite.query("SELECT 1 FROM devices WHERE device_id = ?").get(device.deviceId))
          return read(device.deviceId, device.role)
        keep(device)
        return device
      })
    },
    async update(deviceId, role, change) {
      return db.write(() => {
        const known = read(deviceId, role)
        if (!known) return null
        const changed = change(known)
        keep(changed)
        return changed
      })
    },
    async seen(deviceId, role, at) {
      db.write(() => seen.run({ deviceId, role, at }))
    },
    async remove(deviceId) {
      return db.write(() => {
        sqlite.query("DELETE FROM setup_codes WHERE made_by = ?").run(deviceId)
        const requests = takeRequests("device_id = ?", deviceId)
        const { changes } = sqlite.query("DELETE FROM devices WHERE device_id = ?").run(deviceId)
        return { known: changes > 0, requests }
      })
    },

    async request(request) {
      return db.write(() => {
        const pending = takeRequests(
          "device_id = ? AND role = ?",
          request.deviceId,
          request.role,
        )[0]
        const same = pending && asked(pending) === asked(request) ? pending : undefined
        const made = { ...request, requestId: same?.requestId ?? randomUUID() }
        sqlite
          .query("INSERT INTO device_requests VALUES (?, ?, ?, ?, ?)")
          .run(made.requestId, made.deviceId, made.role, JSON.stringify(made), made.createdAt)
        return { request: made, isNew: !same, ...(!same && pending && { replaced: pending }) }
      })
    },
    async requests() {
      return sqlite
        .query<RequestRow, []>("SELECT request FROM device_requests ORDER BY created_at DESC")
        .all()
        .map(toRequest)
    },
    async drop(requestId) {
      return db.write(() => takeRequests("request_id = ?", requestId)[0] ?? null)
    },
    async expire(since, most) {
      return db.write(() =>
        takeRequests(
          `created_at < ? OR request_id NOT IN
           (SELECT request_id FROM device_requests ORDER BY created_at DESC LIMIT ?)`,
          since,
          most,
        ),
      )
    },
    async approve(requestId, grant) {
      return db.write(() => {
        const request = takeRequests("request_id = ?", requestId)[0]
        if (!request) return null
        const device = grant(request, read(request.deviceId, request.role))
        keep(device)
        return { device, request }
      })
    },

    async addCode({ hash, role, scopes, madeBy, expiresAt }, now) {
      db.write(() => {
        sqlite.query("DELETE FROM setup_codes WHERE expires_at <= ?").run(now)
        sqlite
          .query("INSERT INTO setup_codes VALUES (?, ?, ?, ?, ?)")
          .run(hash, role, JSON.stringify(scopes), madeBy ?? null, expiresAt)
      })
    },
    async redeem(hash, { deviceId, role, at }, grant) {
      // Anyone may come with a made-up code: looking it up writes nothing.
      if (!findCode.get(hash, at)) return null
      return db.write(() => {
        const row = findCode.get(hash, at)
        const device = row && grant(toCode(row), read(deviceId, role))
        if (!device) return null
        sqlite.query("DELETE FROM setup_codes WHERE hash = ?").run(hash)
        keep(device)
        return { device, request: takeRequests("device_id = ? AND role = ?", deviceId, role)[0] }
      })
    },
    async endCodes(madeBy) {
      db.write(() =>
        madeBy === undefined
          ? sqlite.query("DELETE FROM setup_codes").run()
          : sqlite.query("DELETE FROM setup_codes WHERE made_by = ?").run(madeBy),
      )
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
