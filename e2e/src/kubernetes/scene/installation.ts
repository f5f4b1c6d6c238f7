/** Names of the installation that all tests share. */
export const RELEASE = 'culvert';
export const SYSTEM = 'culvert-system';
export const CHARTS = new URL('../../../../charts/', import.meta.url).pathname;
