// The library's decorators want this in place first.
import "reflect-metadata"
export * from "@peculiar/x509"
