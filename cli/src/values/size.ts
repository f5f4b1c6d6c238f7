const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Shows a number of bytes: `512 B`, `1.5 KiB`, `23 MiB`. */
export function showSize(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  let value = bytes / 1_024;
  let unit = 0;
  while (value >= 1_023.5 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[unit] ?? ''}`;
}

/** Shows a number with commas between groups of three digits. */
export function showNumber(number: number | string): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
