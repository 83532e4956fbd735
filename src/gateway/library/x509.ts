// The library's decorators want this in place first.
// oxlint-disable-next-line import/no-unassigned-import -- it changes what is there, and gives nothing
import "reflect-metadata"
export * from "@peculiar/x509"
