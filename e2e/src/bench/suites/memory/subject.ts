import type { SidecarBooks } from '../../accounts.ts';
import type { Bench } from '../../context.ts';
import type { Rig } from '../../rig.ts';

/** A fresh sidecar whose memory is watched. */
export interface Subject {
  readonly bench: Bench;
  readonly rig: Rig;
  /** Where it forwards. */
  readonly port: number;
  readonly pid: number;
  readonly books: () => Promise<SidecarBooks>;
}
