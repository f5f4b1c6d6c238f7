import { checkWritten, writeAsciiField, writeNumberField } from '../../encode/wire.ts';

/** Tags of HttpRequestData in culvert/v1/traffic.proto. */
const PEER_ADDRESS = 0x3a;
const CAPTURED_PORT = 0x50;

/**
 * The protobuf fields `peer_address` (`address:port`, IPv6 in brackets) and `captured_port`, encoded once for all
 * exchanges of a connection.
 */
export function encodePeer(
  address: string | undefined,
  port: number | undefined,
  capturedPort: number,
): Uint8Array {
  const peer = address === undefined ? '' : formatPeer(address, port);
  const buffer = new Uint8Array(peer.length + 16);
  const p = peer === '' ? 0 : writeAsciiField(buffer, 0, PEER_ADDRESS, peer);
  const end = writeNumberField(buffer, p, CAPTURED_PORT, capturedPort);
  checkWritten(buffer, end);
  return buffer.subarray(0, end);
}

function formatPeer(address: string, port: number | undefined): string {
  // A dual-stack listener shows IPv4 callers as addresses mapped into IPv6 (RFC 4291 §2.5.5.2).
  const plain = address.includes('.') ? address.replace(/^::ffff:/i, '') : address;
  const host = plain.includes(':') ? `[${plain}]` : plain;
  return port === undefined ? host : `${host}:${port}`;
}
