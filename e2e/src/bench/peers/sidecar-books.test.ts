import assert from 'node:assert/strict';
import test from 'node:test';
import { parseBooks } from './sidecar-books.ts';

const METRICS = `# HELP culvert_captured_total Exchanges and body chunks captured.
# TYPE culvert_captured_total counter
culvert_captured_total{kind="exchange"} 100
culvert_captured_total{kind="body"} 90
culvert_dropped_total{kind="exchange",reason="spool_full"} 3
culvert_dropped_total{kind="body",reason="spool_full"} 8
culvert_dropped_total{kind="exchange",reason="shutdown"} 2
culvert_open_exchanges 4
culvert_spooled{kind="exchange"} 1
culvert_published_total{kind="exchange"} 90
culvert_acknowledged_total{kind="exchange"} 80
`;

test('the books of exchanges are read from metrics, reasons added up and bodies left out', () => {
  const books = parseBooks(METRICS);

  assert.deepEqual(books, {
    captured: 100,
    excluded: 0,
    sampledOut: 0,
    dropped: 5,
    open: 4,
    spooled: 1,
    published: 90,
    acknowledged: 80,
  });
});

test('metrics that count nothing captured are a fault', () => {
  assert.throws(() => parseBooks('up 1\n'), /does not say/);
});
