import { service } from "../kernel/service.ts"

/** The live connections of paired devices. */
export interface DeviceSockets {
  /**
   * Closes those of a device, or of one of its roles, at once, and gives how many there were. The
   * connection `speaking` hears the answer to its call first.
   */
  close(device: { deviceId: string; role?: string }, reason: string, speaking?: string): number
}
export const DeviceSockets = service<DeviceSockets>("device sockets")
