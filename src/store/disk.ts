import { statfs } from "node:fs/promises"
import { service } from "../kernel/service.ts"

export interface Disk {
  /** Bytes this user can still write on the disk that holds `path`. */
  free(path: string): Promise<number>
}
export const Disk = service<Disk>("disk")

export const systemDisk: Disk = {
  async free(path) {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  },
}
