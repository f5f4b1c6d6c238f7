// Exits with 0 when node_modules holds exactly what package-lock.json names, so that nothing needs installing.
// Runs on whatever Node the machine has, before Node 24 is there.
import { readFileSync } from 'node:fs';

function packages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

const wanted = packages('package-lock.json');
const installed = packages('node_modules/.package-lock.json');
const identity = (entry) =>
  entry.link ? `link to ${entry.resolved}` : `${entry.version} ${entry.integrity ?? ''}`;

const same =
  wanted !== undefined &&
  installed !== undefined &&
  Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const found = installed[path];
    // npm leaves out the optional packages of other platforms.
    return found === undefined ? entry.optional && !suits(entry) : identity(found) === identity(entry);
  }) &&
  Object.keys(installed).every((path) => path in wanted);

process.exitCode = same ? 0 : 1;

function suits(entry) {
  return (
    entry.os?.includes(process.platform) && entry.cpu?.includes(process.arch) && entry.libc === undefined
  );
}
