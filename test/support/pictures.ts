/** Pictures made here, so that no test needs a file. */

const dot =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

export const pngOf = (width: number, height: number): Promise<Uint8Array> =>
  new Bun.Image(Buffer.from(dot, "base64")).resize(width, height).png().bytes()

/** A PNG whose header claims more than it holds. */
export const pngClaiming = async (width: number, height: number): Promise<Uint8Array> => {
  const png = Buffer.from(await pngOf(8, 8))
  png.writeUInt32BE(width, 16)
  png.writeUInt32BE(height, 20)
  png.writeUInt32BE(Bun.hash.crc32(png.subarray(12, 29)), 29)
  return png
}
