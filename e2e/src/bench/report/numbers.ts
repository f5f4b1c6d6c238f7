/** A number with so many decimals and groups of three digits; a dash for no number. */
export function fixed(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return '–';
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return value.toLocaleString('en-US', { ...digits, signDisplay: 'negative' });
}

/** Bytes as MB of a million bytes. */
export function megabytes(bytes: number): string {
  return fixed(bytes / 1e6, 1);
}

/** A ratio such as `1.43 ×`. */
export function times(ratio: number): string {
  return Number.isFinite(ratio) ? `${fixed(ratio, 2)} ×` : '–';
}

/** A share of one as a percentage. */
export function percent(share: number, decimals = 0): string {
  return Number.isFinite(share) ? `${fixed(share * 100, decimals)} %` : '–';
}
