/** The wire contracts of `culvert.v1`: message types with their encoders and decoders. */
export {
  AgentHeartbeat,
  AgentIdentity,
  Books,
  ClosedBoot,
  EventKind,
  HeartbeatAcknowledgement,
  SystemMetricsEvent,
} from './generated/culvert/v1/agent.ts';
export {
  BodyChunk,
  BodyEncoding,
  Direction,
  ExchangeEnd,
  Header,
  HeaderBlock,
  HttpExchange,
  HttpRequestData,
  HttpResponseData,
  MessageEnd,
  Outcome,
  ServerSentEvent,
  TlsInfo,
  TrafficBatch,
  TrafficEvent,
  WebSocketFrame,
} from './generated/culvert/v1/traffic.ts';
export { Timestamp } from './generated/google/protobuf/timestamp.ts';
