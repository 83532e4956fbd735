import {
  addTransactionCapability,
  type AuthenticationCreds,
  type BinaryNode,
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  encodeBigEndian,
  encodeWAMessage,
  generateSignalPubKey,
  initAuthCreds,
  KEY_BUNDLE_TYPE,
  proto,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
  unpadRandomMax16,
  xmppSignedPreKey,
} from "baileys"

// libsignal prints every session that it closes.
for (const level of ["info", "warn"] as const) {
  const print = console[level]
  console[level] = (...words: unknown[]) => {
    if (!/^(?:Closing|Removing old closed) /.test(String(words[0]))) print(...words)
  }
}

const silent = {
  level: "silent",
  child: () => silent,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

const keysInMemory = (): SignalKeyStore => {
  const values = new Map<string, unknown>()
  return {
    get: <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) =>
      Object.fromEntries(
        ids.flatMap((id) => {
          const value = values.get(`${type}-${id}`)
          return value === undefined ? [] : [[id, value]]
        }),
      ) as Record<string, SignalDataTypeMap[T]>,
    set(data: SignalDataSet) {
      for (const [type, entries] of Object.entries(data))
        for (const [id, value] of Object.entries(entries ?? {}))
          if (value) values.set(`${type}-${id}`, value)
          else values.delete(`${type}-${id}`)
    },
  }
}

/** The phone of somebody else: it seals what it says for the account, and opens what that sends. */
export const createPeer = (jid: string, lid: string) => {
  const creds = { ...initAuthCreds(), me: { id: jid, lid } }
  const keys = addTransactionCapability(keysInMemory(), silent, {
    maxCommitRetries: 2,
    delayBetweenTriesMs: 10,
  })
  const signal = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, silent)
  const meet = async (account: AuthenticationCreds, afresh: boolean) => {
    const other = account.me!.id
    if (!afresh && (await signal.validateSession(other)).exists) return
    const { keyId, keyPair, signature } = account.signedPreKey
    await signal.injectE2ESession({
      jid: other,
      session: {
        registrationId: account.registrationId,
        identityKey: generateSignalPubKey(account.signedIdentityKey.public),
        signedPreKey: { keyId, publicKey: generateSignalPubKey(keyPair.public), signature },
      },
    })
  }
  const sealed = (type: string, content: Uint8Array): BinaryNode => ({
    tag: "enc",
    attrs: { v: "2", type },
    content,
  })
  const sealFor = async (account: AuthenticationCreds, message: proto.IMessage, afresh = false) => {
    await meet(account, afresh)
    const data = encodeWAMessage(message)
    const { type, ciphertext } = await signal.encryptMessage({ jid: account.me!.id, data })
    return sealed(type, ciphertext)
  }
  return {
    jid,
    lid,
    /** What the server gives to whoever wants to write to this phone. */
    bundle: (asked: string): BinaryNode => ({
      tag: "user",
      attrs: { jid: asked },
      content: [
        { tag: "registration", attrs: {}, content: encodeBigEndian(creds.registrationId) },
        { tag: "type", attrs: {}, content: KEY_BUNDLE_TYPE },
        { tag: "identity", attrs: {}, content: creds.signedIdentityKey.public },
        xmppSignedPreKey(creds.signedPreKey),
      ],
    }),
    seal: async (account: AuthenticationCreds, message: proto.IMessage, afresh?: boolean) => [
      await sealFor(account, message, afresh),
    ],
    async sealForGroup(
      account: AuthenticationCreds,
      group: string,
      message: proto.IMessage,
      afresh?: boolean,
    ) {
      const { ciphertext, senderKeyDistributionMessage } = await signal.encryptGroupMessage({
        group,
        meId: jid,
        data: encodeWAMessage(message),
      })
      const key = {
        senderKeyDistributionMessage: {
          groupId: group,
          axolotlSenderKeyDistributionMessage: senderKeyDistributionMessage,
        },
      }
      return [await sealFor(account, key, afresh), sealed("skmsg", ciphertext)]
    },
    /** Asks for a message once more. */
    again: (to: string, { attrs }: BinaryNode, group: string | undefined): BinaryNode => ({
      tag: "receipt",
      attrs: {
        id: attrs.id!,
        to,
        type: "retry",
        t: "1",
        ...(group ? { from: group, participant: jid } : { from: jid }),
      },
      content: [
        { tag: "retry", attrs: { count: "1", id: attrs.id!, t: "1", v: "1" } },
        { tag: "registration", attrs: {}, content: encodeBigEndian(creds.registrationId) },
        {
          tag: "keys",
          attrs: {},
          content: [
            { tag: "type", attrs: {}, content: KEY_BUNDLE_TYPE },
            { tag: "identity", attrs: {}, content: creds.signedIdentityKey.public },
            xmppSignedPreKey(creds.signedPreKey),
          ],
        },
      ],
    }),
    /** Opens what is for this phone in a message of the account. */
    async open(from: string, room: string, { content }: BinaryNode): Promise<proto.IMessage> {
      const nodes = Array.isArray(content) ? content : []
      const list = nodes.find(({ tag }) => tag === "participants")?.content
      let found: proto.IMessage = {}
      const read = async (node: BinaryNode) => {
        const { type } = node.attrs
        const bytes = node.content as Uint8Array
        const plain =
          type === "skmsg"
            ? await signal.decryptGroupMessage({ group: room, authorJid: from, msg: bytes })
            : await signal.decryptMessage({
                jid: from,
                type: type as "pkmsg" | "msg",
                ciphertext: bytes,
              })
        const message = proto.Message.decode(unpadRandomMax16(plain))
        const { senderKeyDistributionMessage: key } = message
        if (key) await signal.processSenderKeyDistributionMessage({ authorJid: from, item: key })
        found = { ...found, ...message }
      }
      for (const { attrs, content: inner } of Array.isArray(list) ? list : [])
        if (attrs.jid?.startsWith(jid.split("@")[0]!) || attrs.jid?.startsWith(lid.split("@")[0]!))
          for (const node of inner as BinaryNode[]) await read(node)
      for (const node of nodes) if (node.tag === "enc") await read(node)
      return found
    },
  }
}
export type Peer = ReturnType<typeof createPeer>

/** Signs for a device what a phone signs when it links one. */
export const linkedTo = (identityKey: Uint8Array) => {
  const phone = Curve.generateKeyPair()
  const details = proto.ADVDeviceIdentity.encode({ rawId: 1, timestamp: 1, keyIndex: 1 }).finish()
  const accountSignature = Curve.sign(
    phone.private,
    Buffer.concat([Buffer.from([6, 0]), details, identityKey]),
  )
  return { details, accountSignatureKey: phone.public, accountSignature }
}
