import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestHeadScanner } from './request-head-scanner.ts';
import { MORE, TOO_LARGE, type Scanner } from './scanner.ts';
import { Section } from './section.ts';

const LIMIT = 64 * 1024;

/** Counts how many bytes the scanner of request heads is given. */
function countingScanner(): Scanner & { scanned: number } {
  const scanner = new RequestHeadScanner();
  return {
    scanned: 0,
    scan(bytes, base, from, end) {
      this.scanned += end - from;
      return scanner.scan(bytes, base, from, end);
    },
  };
}

function headOf(length: number): Buffer {
  return Buffer.from(`GET / HTTP/1.1\r\nA: ${'b'.repeat(length - 23)}\r\n\r\n`);
}

test('a head of 64 KiB that comes byte by byte is scanned once', () => {
  const bytes = headOf(LIMIT);
  const scanner = countingScanner();
  const section = new Section();
  const results = Array.from(bytes, (_, index) =>
    section.read(scanner, bytes.subarray(index, index + 1), 0, LIMIT),
  );
  assert.equal(scanner.scanned, bytes.length);
  assert.ok(results.slice(0, -1).every((result) => result === MORE));
  assert.equal(results.at(-1), 1);
  assert.ok(section.bytes.equals(bytes));
});

test('of what follows a split section little is copied and looked at', () => {
  const section = new Section();
  const scanner = countingScanner();
  section.read(scanner, headOf(100).subarray(0, 50), 0, LIMIT);
  const rest = Buffer.concat([headOf(100).subarray(50), Buffer.alloc(60_000, 'x')]);
  assert.equal(section.read(scanner, rest, 0, LIMIT), 50);
  assert.equal(section.bytes.length, 100);
  assert.ok(scanner.scanned <= 50 + 4096);
});

test('a section that arrives whole is a slice of the chunk', () => {
  const section = new Section();
  const chunk = Buffer.concat([Buffer.from('before'), headOf(100), Buffer.from('behind')]);
  assert.equal(section.read(countingScanner(), chunk, 6, LIMIT), 106);
  assert.equal(section.bytes.buffer, chunk.buffer);
  assert.ok(section.bytes.equals(headOf(100)));
});

test('the limit counts from where the section starts', () => {
  const chunk = Buffer.concat([Buffer.from('before'), headOf(100)]);
  assert.equal(new Section().read(countingScanner(), chunk, 6, 100), 106);
  assert.equal(new Section().read(countingScanner(), chunk, 6, 99), TOO_LARGE);
});
