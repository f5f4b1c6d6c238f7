/** What is kept of one direction's body until it is written into a batch. Chunks are held by reference. */
export class BodyCapture {
  /** Bytes seen on the wire, without chunk framing. */
  total = 0;
  /** Bytes handed over as chunks so far: also the offset of what is held. */
  written = 0;
  /** Bytes held now. */
  held = 0;
  first: Buffer | null = null;
  more: Buffer[] | null = null;

  /**
   * Takes bytes that passed by.
   *
   * @param limit how many bytes of the body may be captured in all
   * @returns how many bytes are now held in addition
   */
  take(data: Buffer, limit: number): number {
    const room = limit - this.written - this.held;
    this.total += data.length;
    if (room <= 0) return 0;
    const kept = data.length <= room ? data : data.subarray(0, room);
    if (this.first === null) this.first = kept;
    else if (this.more === null) this.more = [kept];
    else this.more.push(kept);
    this.held += kept.length;
    return kept.length;
  }

  /** Forgets what is held, after it was written or given up. */
  release(): void {
    this.first = null;
    this.more = null;
    this.held = 0;
  }

  /** Whether less was captured than passed by. */
  get truncated(): boolean {
    return this.total > this.written + this.held;
  }
}
