/** The name of a pull Secret's copies, which nobody else's Secrets have. */
export function pullSecretName(name: string): string {
  return `culvert-pull-${name}`;
}

/** What a pod's `imagePullSecrets` lack, for the copies of some Secrets. */
export function missingPullSecrets(
  present: readonly { readonly name?: string | undefined }[] | null | undefined,
  names: readonly string[],
): readonly { readonly name: string }[] {
  return names
    .map((name) => ({ name: pullSecretName(name) }))
    .filter(({ name }) => !(present ?? []).some((one) => one.name === name));
}
