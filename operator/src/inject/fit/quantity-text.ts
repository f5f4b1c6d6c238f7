const MEBIBYTE = 2 ** 20;

/** Writes an amount of a resource, cores or bytes, as Kubernetes does: `250m`, `64Mi`. */
export function quantityText(resource: string, amount: number): string {
  if (resource === 'cpu') {
    const thousandths = Math.round(amount * 1000);
    return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
  }
  return amount % MEBIBYTE === 0 ? `${amount / MEBIBYTE}Mi` : String(Math.round(amount));
}
