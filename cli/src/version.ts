import { VERSION } from '@culvert/runtime/version';

/** What is told to whoever asks for it. */
export const VERSION_LINE = `culvert ${VERSION}\n`;
