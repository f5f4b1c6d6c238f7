// Written by scripts/version.ts from the version in package.json: change it there.

/** The version of this release. */
export const VERSION = '0.1.0';
