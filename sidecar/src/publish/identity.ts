import type { AgentIdentity } from '@culvert/proto';

/** Who publishes: fixed from the start of the process to its end. */
export interface Agent {
  readonly agentId: string;
  /** 16 bytes, new at every start. */
  readonly bootId: Uint8Array;
  /** The same as 32 hex digits. */
  readonly bootHex: string;
  readonly identity: AgentIdentity;
}

/** An agent with a new boot id. */
export function createAgent(agentId: string, identity: AgentIdentity): Agent {
  const bootId = crypto.getRandomValues(new Uint8Array(16));
  // A UUIDv4, so that it can stand in a column of that type.
  bootId[6] = ((bootId[6] as number) & 0x0f) | 0x40;
  bootId[8] = ((bootId[8] as number) & 0x3f) | 0x80;
  return { agentId, bootId, bootHex: Buffer.from(bootId).toString('hex'), identity };
}
