import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Books as BooksMessage, ClosedBoot } from '@culvert/proto';
import { encodeSubjectToken } from '@culvert/traffic/subject';

/** How many captured exchanges a crash can leave unknown. */
export const RESERVED_BLOCK = 1_000;

/** Reports of at most so many earlier boots are kept. */
const KEPT_BOOTS = 64;
const RESERVED_SUFFIX = '.reserved';
const BOOKS_SUFFIX = '.books';

/**
 * Bounds on disk for what a killed agent had captured. Before the count of captured exchanges passes what is
 * reserved, the next block is reserved, so after a kill the truth lies between the last note and the reserved
 * number. A kill of the process doesn't lose what was written; no sync is needed for that.
 *
 * Exchanges that nobody has read when the kill comes belong to the truth as well, so the reserved number always keeps
 * ahead of the count by as many as can wait to be read.
 */
export interface Reservation {
  /** Makes sure that so many captured exchanges are covered. */
  cover(captured: number): void;
  /** Notes the books, so that more is known after a kill. */
  note(books: readonly BooksMessage[]): void;
  /** Earlier boots that ended without goodbye. */
  readonly closedBoots: readonly ClosedBoot[];
  /** The report about a boot is safe: forgets it. */
  forget(bootId: Uint8Array): void;
  /** This boot ends in order: leaves nothing behind. */
  end(): void;
}

/**
 * Opens the agent's part of the state directory and reads what earlier boots left.
 *
 * @param directory `CULVERT_STATE_DIR`
 * @param onFault called when a note can't be written; capture goes on with wider bounds
 * @param unread how many exchanges can have passed that are not captured yet; fewer than {@link RESERVED_BLOCK}
 * @throws when the directory can't be used at all
 */
export function openReservation(
  directory: string,
  agentId: string,
  bootHex: string,
  onFault: (error: unknown) => void,
  unread = 0,
): Reservation {
  const folder = join(directory, encodeSubjectToken(agentId));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let closed = readClosedBoots(folder);
  const reservedFile = join(folder, bootHex + RESERVED_SUFFIX);
  const file = openSync(reservedFile, 'w', 0o600);
  const word = Buffer.alloc(8);
  let reserved = 0;
  const cover = (captured: number): void => {
    while (captured + unread > reserved) {
      // So that the count is never further behind than one block.
      reserved += RESERVED_BLOCK - unread;
      word.writeBigUInt64LE(BigInt(reserved));
      try {
        writeSync(file, word, 0, word.length, 0);
      } catch (error) {
        onFault(error);
      }
    }
  };
  cover(1);
  return {
    cover,
    note(books) {
      const target = join(folder, bootHex + BOOKS_SUFFIX);
      try {
        writeFileSync(`${target}.new`, encodeBooks(books), { mode: 0o600 });
        renameSync(`${target}.new`, target);
      } catch (error) {
        onFault(error);
      }
    },
    get closedBoots() {
      return closed;
    },
    forget(bootId) {
      const hex = Buffer.from(bootId).toString('hex');
      closed = closed.filter((boot) => Buffer.from(boot.bootId).toString('hex') !== hex);
      if (hex !== bootHex) removeBoot(folder, hex);
    },
    end() {
      closeSync(file);
      removeBoot(folder, bootHex);
    },
  };
}

function readClosedBoots(folder: string): ClosedBoot[] {
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{32}\.reserved$/.test(name));
  return names.slice(0, KEPT_BOOTS).flatMap((name) => {
    const hex = name.slice(0, -RESERVED_SUFFIX.length);
    const reserved = readReserved(join(folder, name));
    if (reserved === undefined) {
      removeBoot(folder, hex);
      return [];
    }
    const lastBooks = readBooks(join(folder, hex + BOOKS_SUFFIX), reserved);
    const noted = lastBooks.reduce((most, books) => Math.max(most, books.kind === 1 ? books.captured : 0), 0);
    return [
      {
        bootId: Buffer.from(hex, 'hex'),
        capturedMin: Math.max(noted, reserved - RESERVED_BLOCK),
        capturedMax: reserved,
        lastBooks,
      },
    ];
  });
}

/** Undefined when the file does not hold what {@link Reservation.cover} writes, as after a fault of the disk. */
function readReserved(path: string): number | undefined {
  try {
    const reserved = Number(readFileSync(path).readBigUInt64LE());
    return reserved > 0 && Number.isSafeInteger(reserved) ? reserved : undefined;
  } catch {
    return undefined;
  }
}

function encodeBooks(books: readonly BooksMessage[]): Uint8Array {
  return ClosedBoot.encode({
    bootId: Buffer.alloc(0),
    capturedMin: 0,
    capturedMax: 0,
    lastBooks: [...books],
  }).finish();
}

function readBooks(path: string, reserved: number): BooksMessage[] {
  try {
    const { lastBooks } = ClosedBoot.decode(readFileSync(path));
    return lastBooks.some((books) => books.kind === 1 && books.captured > reserved) ? [] : lastBooks;
  } catch {
    // Never noted, or not readable: the reserved block alone bounds the loss.
    return [];
  }
}

function removeBoot(folder: string, hex: string): void {
  for (const suffix of [RESERVED_SUFFIX, BOOKS_SUFFIX, `${BOOKS_SUFFIX}.new`]) {
    rmSync(join(folder, hex + suffix), { force: true, recursive: true });
  }
}
