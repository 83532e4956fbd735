import {
  aesDecryptGCM,
  aesEncryptGCM,
  type BinaryNode,
  Curve,
  decodeBinaryNode,
  encodeBinaryNode,
  hkdf,
  NOISE_MODE,
  NOISE_WA_HEADER,
  proto,
  sha256,
} from "baileys"

/** What a server of WhatsApp shows to prove who it is; a client knows the key of `root`. */
export const serverIdentity = () => {
  const root = Curve.generateKeyPair()
  const intermediate = Curve.generateKeyPair()
  const server = Curve.generateKeyPair()
  const { Details } = proto.CertChain.NoiseCertificate
  const signed = (signer: Uint8Array, details: Uint8Array) => ({
    details,
    signature: Curve.sign(signer, details),
  })
  const chain = proto.CertChain.encode({
    intermediate: signed(
      root.private,
      Details.encode({ serial: 1, issuerSerial: 0, key: intermediate.public }).finish(),
    ),
    leaf: signed(
      intermediate.private,
      Details.encode({ serial: 2, issuerSerial: 1, key: server.public }).finish(),
    ),
  }).finish()
  return { rootKey: Buffer.from(root.public).toString("hex"), server, chain }
}
type Identity = ReturnType<typeof serverIdentity>

const nonce = (counter: number) => {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(counter, 8)
  return bytes
}
const nothing = Buffer.alloc(0)

/** The server's side of one connection: Noise XX first, then nodes in both directions. */
export const serverWire = (
  identity: Identity,
  write: (bytes: Uint8Array) => void,
  heard: {
    hello(payload: proto.ClientPayload): void
    node(node: BinaryNode): Promise<void>
  },
) => {
  const mode = Buffer.from(NOISE_MODE)
  let hash: Buffer = mode
  let salt: Buffer = mode
  let key: Buffer = mode
  let counter = 0
  const mixHash = (bytes: Uint8Array) => void (hash = sha256(Buffer.concat([hash, bytes])))
  const derived = (secret: Uint8Array) => {
    const bytes = Buffer.from(hkdf(Buffer.from(secret), 64, { salt, info: "" }))
    return [bytes.subarray(0, 32), bytes.subarray(32)] as const
  }
  const mixKey = (secret: Uint8Array) => {
    ;[salt, key] = derived(secret)
    counter = 0
  }
  const seal = (bytes: Uint8Array) => {
    const sealed = aesEncryptGCM(bytes, key, nonce(counter++), hash)
    mixHash(sealed)
    return sealed
  }
  const open = (sealed: Uint8Array) => {
    const bytes = aesDecryptGCM(sealed, key, nonce(counter++), hash)
    mixHash(sealed)
    return bytes
  }
  const frame = (bytes: Uint8Array) => {
    const length = Buffer.alloc(3)
    length.writeUIntBE(bytes.length, 0, 3)
    write(Buffer.concat([length, bytes]))
  }

  const ephemeral = Curve.generateKeyPair()
  let transport: { out: Buffer; in: Buffer; sent: number; read: number } | undefined
  let clientEphemeral: Uint8Array | undefined

  const greet = (bytes: Uint8Array) => {
    clientEphemeral = proto.HandshakeMessage.decode(bytes).clientHello!.ephemeral!
    mixHash(NOISE_WA_HEADER)
    mixHash(clientEphemeral)
    mixHash(ephemeral.public)
    mixKey(Curve.sharedKey(ephemeral.private, clientEphemeral))
    const sealed = seal(identity.server.public)
    mixKey(Curve.sharedKey(identity.server.private, clientEphemeral))
    const payload = seal(identity.chain)
    frame(
      proto.HandshakeMessage.encode({
        serverHello: { ephemeral: ephemeral.public, static: sealed, payload },
      }).finish(),
    )
  }
  const finish = (bytes: Uint8Array) => {
    const { clientFinish } = proto.HandshakeMessage.decode(bytes)
    const clientStatic = open(clientFinish!.static!)
    mixKey(Curve.sharedKey(ephemeral.private, clientStatic))
    const payload = proto.ClientPayload.decode(open(clientFinish!.payload!))
    const [fromClient, toClient] = derived(nothing)
    transport = { in: fromClient, out: toClient, sent: 0, read: 0 }
    heard.hello(payload)
  }

  let rest: Buffer = nothing
  let isBegun = false
  let work = Promise.resolve()
  return {
    send(node: BinaryNode) {
      const plain = encodeBinaryNode(node)
      frame(aesEncryptGCM(plain, transport!.out, nonce(transport!.sent++), nothing))
    },
    read(bytes: Uint8Array) {
      rest = Buffer.concat([rest, bytes])
      if (!isBegun) {
        if (!rest.subarray(0, 4).equals(NOISE_WA_HEADER)) throw new Error("no client of WhatsApp")
        rest = rest.subarray(4)
        isBegun = true
      }
      while (rest.length >= 3) {
        const length = rest.readUIntBE(0, 3)
        if (rest.length < length + 3) return
        const one = rest.subarray(3, length + 3)
        rest = rest.subarray(length + 3)
        if (!clientEphemeral) greet(one)
        else if (!transport) finish(one)
        else {
          const plain = aesDecryptGCM(one, transport.in, nonce(transport.read++), nothing)
          work = work.then(async () => heard.node(await decodeBinaryNode(plain)))
        }
      }
    },
  }
}
