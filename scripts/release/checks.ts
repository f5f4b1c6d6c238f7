/**
 * What keeps a changelog from being published with a version, as a sentence; undefined when nothing does.
 *
 * A version that is under way has its changes below "Unreleased", one that is published a heading of its own.
 */
export function changelogProblem(changelog: string, version: string): string | undefined {
  const headings = [...changelog.matchAll(/^## \[?([^\]\s]+)/gm)].map(([, title]) => title);
  if (headings.includes(version) || headings[0] === 'Unreleased') return undefined;
  return `CHANGELOG.md has no heading for ${version} and none for what is unreleased: add "## ${version}"`;
}

/**
 * Images that a chart's manifests name and that the release doesn't build, sorted.
 *
 * @param manifests what `helm template` prints
 * @param built names with tags
 */
export function unbuiltImages(manifests: string, built: readonly string[]): readonly string[] {
  // Also as values of settings: the operator is told so what to inject.
  const named = [
    ...manifests.matchAll(/^\s*(?:- )?(?:image|value): "?([^\s"/]+\/culvert\/[^\s"/:]+:[^\s"/]+)"?$/gm),
  ].map(([, name]) => name ?? '');
  return [...new Set(named)].filter((name) => !built.includes(name)).sort();
}
