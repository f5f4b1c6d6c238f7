import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRedirectConfig } from './config.ts';
import { parseRedirects } from './redirects.ts';
import { renderRuleset } from './ruleset.ts';

test('redirects are read as pairs of ports', () => {
  assert.deepEqual(parseRedirects('8080:15900, 9090:15901'), [
    { from: 8080, to: 15900 },
    { from: 9090, to: 15901 },
  ]);
});

test('every wrong entry of CULVERT_REDIRECT is named', () => {
  const problem = (text: string): string => {
    try {
      readRedirectConfig({ CULVERT_REDIRECT: text });
    } catch (error) {
      return (error as Error).message;
    }
    return 'none';
  };

  assert.match(problem(''), /CULVERT_REDIRECT is required/);
  assert.match(problem(','), /CULVERT_REDIRECT must look like PORT:PORT/);
  assert.match(problem('8080,0:15900,1:2'), /not "8080"; needs ports from 1 to 65535, not "0:15900"/);
  assert.match(problem('80:99999'), /needs ports from 1 to 65535, not "80:99999"/);
  assert.match(problem('80:15900,80:15901'), /redirects port 80 twice/);
  assert.match(problem('80:15900,15900:15901'), /redirects port 15900, which it also redirects to/);
  assert.match(problem('80:80'), /redirects port 80, which it also redirects to/);
  assert.match(problem('80;drop:15900'), /not "80;drop:15900"/);
});

test('the ruleset replaces the table of Culvert whole and leaves loopback alone', () => {
  const ruleset = renderRuleset([
    { from: 8080, to: 15900 },
    { from: 9090, to: 15901 },
  ]);

  assert.equal(
    ruleset,
    `table inet culvert
delete table inet culvert
table inet culvert {
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    iifname != "lo" tcp dport 8080 redirect to :15900
    iifname != "lo" tcp dport 9090 redirect to :15901
  }
}
`,
  );
});
