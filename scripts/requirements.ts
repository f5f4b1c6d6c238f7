/**
 * docs/requirements.md against the tests: `--check` fails where a requirement's status and the titles of the tests
 * disagree, `--write` sets `shown` and `not yet` by the titles.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { disagreements, withStatuses } from './requirements/compare.ts';
import { PAGE, parseRequirements } from './requirements/table.ts';
import { titledRequirements } from './requirements/titles.ts';
import { root } from './root.ts';

const page = readFileSync(join(root, PAGE), 'utf8');
const titled = titledRequirements();

if (argv.includes('--write')) writeFileSync(join(root, PAGE), withStatuses(page, new Set(titled.keys())));
else {
  const problems = disagreements(parseRequirements(page), titled);
  if (problems.length > 0) {
    console.log(
      `${problems.join('\n')}\n\`make docs\` sets "shown" and "not yet" by the titles of the tests`,
    );
    process.exitCode = 1;
  }
}
