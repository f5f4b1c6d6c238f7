import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** A /proc and a /sys made for a test. */
export interface Tree {
  readonly procDirectory: string;
  readonly sysDirectory: string;
  /** Writes files by their paths, such as `proc/stat`; a text that begins with `->` makes a link. */
  write(files: Readonly<Record<string, string>>): void;
}

/** Makes a tree that goes with the test. */
export function createTree(t: TestContext, files: Readonly<Record<string, string>>): Tree {
  const root = mkdtempSync(join(tmpdir(), 'culvert-system-'));
  t.after(() => {
    rmSync(root, { recursive: true });
  });
  const write = (more: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(more)) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text.startsWith('->')) symlinkSync(text.slice(2), file);
      else writeFileSync(file, text);
    }
  };
  write(files);
  return { procDirectory: join(root, 'proc'), sysDirectory: join(root, 'sys'), write };
}

/** The table of /proc/net/dev with these bytes in and out. */
export function networkDevices(devices: Readonly<Record<string, readonly [number, number]>>): string {
  const lines = Object.entries(devices).map(
    ([name, [received, sent]]) => `${name.padStart(6)}: ${received} 0 0 0 0 0 0 0 ${sent} 0 0 0 0 0 0 0`,
  );
  return `Inter-|   Receive  |  Transmit\n face |bytes packets |bytes packets\n${lines.join('\n')}\n`;
}
