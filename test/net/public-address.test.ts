import { expect, test } from "bun:test"
import fc from "fast-check"
import { isPublicAddress } from "../../src/net/public-address.ts"

const words = (text: string) => text.trim().split(/\s+/)

const closed = words(`
  0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.1.2.3
  127.255.255.254 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1
  192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
  224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.31.196.1 :: ::1 ::7f00:1
  ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:a00:1 ::ffff:0:127.0.0.1
  64:ff9b::127.0.0.1 64:ff9b::a00:1 64:ff9b::169.254.169.254 64:ff9b:1::1 100::1 2001::1
  2001:0:4136:e378::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:c0a8:101::1
  2002:808:808::1 3fff::1 3fff:fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1
  fe80::1%eth0 febf::1 fec0::1 ff02::1 ff0e::1 2620:4f:8000::1 2606:4700::5efe:7f00:1
  2606:4700::5efe:127.0.0.1 2606:4700::200:5efe:10.0.0.1 localhost 0x7f.1 127.1 1 1.2.3
  ::g [::1] 8.8.8.8. ８.8.8.8
`)
const open = words(`
  1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 172.15.255.255
  172.32.0.1 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1 223.255.255.255
  2606:4700::1111 2a00:1450::200e 64:ff9b::8.8.8.8
`)

test.each(["", ...closed])("%s is not on the internet", (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each(open)("%s is on the internet", (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

test("no address of IPv6 that carries a private IPv4 address is taken for a public one", () => {
  const octet = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(
      fc.tuple(octet, octet, octet),
      fc.constantFrom("::ffff:", "::", "64:ff9b::", "2606:4700::5efe:", "::ffff:0:"),
      ([b, c, d], prefix) => !isPublicAddress(`${prefix}10.${b}.${c}.${d}`),
    ),
  )
})
