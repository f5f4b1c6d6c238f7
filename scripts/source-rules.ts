/** Rules about source files, pages and the lock file that no linter at hand has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockFileProblems } from './lock-file.ts';
import { deadLinks } from './pages.ts';
import { root } from './root.ts';
import { sourceFiles } from './source-files.ts';

const MAX_LINES = 300;
/** Data written as TypeScript: length says nothing about it. */
const DATA = /(^|\/)(corpus|testdata)\//;
const SHORTENED_TEST =
  /\b(?:test|it|describe|suite)\.(?:skip|only|todo)\b|\b(?:skip|only|todo): *(?:true|['"`])/;

const problems: string[] = [];
for (const file of sourceFiles()) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const isTest = file.endsWith('.test.ts');
  if (!isTest && !DATA.test(file) && lines.length - 1 > MAX_LINES) {
    problems.push(`${file}: ${lines.length - 1} lines; at most ${MAX_LINES}: it has grown a second job`);
  }
  if (isTest || file.startsWith('e2e/')) {
    for (const [index, line] of lines.entries()) {
      if (SHORTENED_TEST.test(line)) {
        problems.push(`${file}:${index + 1}: a test that is skipped, focused or to do proves nothing`);
      }
    }
  }
}
problems.push(...lockFileProblems(), ...deadLinks());

if (problems.length > 0) {
  console.log(problems.join('\n'));
  process.exitCode = 1;
}
