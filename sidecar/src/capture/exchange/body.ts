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
  /** Something was left out, so nothing behind it is taken. */
  #cut = false;

  /**
   * Takes bytes that passed by.
   *
   * @param limit how many bytes of the body may be captured in all
   * @returns how many bytes are now held in addition
   */
  take(data: Buffer, limit: number): number {
    const room = limit - this.written - this.held;
    this.total += data.length;
    if (room <= 0 || this.#cut) return 0;
    const kept = data.length <= room ? data : beginning(data, room);
    if (this.first === null) this.first = kept;
    else if (this.more === null) this.more = [kept];
    else this.more.push(kept);
    this.held += kept.length;
    return kept.length;
  }

  /** Lets bytes pass by for which there is no memory: what was captured before is all that will be. */
  pass(data: Buffer): void {
    this.total += data.length;
    this.#cut = true;
  }

  /**
   * Brings what is held before a writer in pieces of a bounded size.
   *
   * @param write writes and releases what is then held
   */
  inPieces(largest: number, write: (last: boolean) => void): void {
    const held = [this.first, ...(this.more ?? [])].filter((part) => part !== null);
    let left = this.held;
    for (const part of held) {
      for (let start = 0; start < part.length; start += largest) {
        this.first = part.subarray(start, start + largest);
        this.more = null;
        this.held = this.first.length;
        left -= this.held;
        write(left === 0);
      }
    }
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

/** A small part of a chunk is copied: as a slice it would keep the whole chunk in memory, which counts nowhere. */
function beginning(data: Buffer, length: number): Buffer {
  const part = data.subarray(0, length);
  return length * 2 < data.length ? Buffer.from(part) : part;
}
