/** Packets, kept for other tools. */

export { LinePackets } from './line-packets.ts';
export { type CapturedPacket, PacketCapture } from './packet-capture.ts';
export { PacketFile } from './packet-file.ts';
